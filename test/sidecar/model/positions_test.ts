// Golden values of minicpmv45-spec.md sections 3.1 and 11.3.

import assert from "node:assert/strict";
import {
  fractionalBuckets,
  keyPositions,
  patchPositions,
  rotaryTables,
} from "../../../sidecar/model/positions.ts";

const SIDE = 70;

/** Where the reference's float32 arithmetic falls one short of floor(70 · i / n): n to "i→value" pairs. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  25: "5→13 10→27 15→41 20→55",
  49: "7→9 14→19 35→49 42→59",
  50: "5→6 10→13 15→20 20→27 30→41 40→55",
  55: "11→13 22→27 33→41 44→55",
  58: "29→34",
  77: "55→49",
  82: "41→34",
  86: "43→34",
  94: "47→34",
  98: "7→4 14→9 35→24 42→29 56→39 70→49 84→59",
  100: "10→6 20→13 30→20 40→27 80→55",
  110: "11→6 22→13 33→20 44→27 66→41 88→55",
  115: "23→13 46→27 69→41 92→55",
  135: "27→13 54→27",
};

Deno.test("fractionalBuckets() equals the reference for every number of patches up to 140", () => {
  for (let count = 1; count <= 140; count++) {
    const expected = Array.from({ length: count }, (_, i) => Math.floor(SIDE * i / count));
    for (const exception of (EXCEPTIONS[count] ?? "").split(" ").filter((text) => text !== "")) {
      const [i, value] = exception.split("→").map(Number) as [number, number];
      assert.equal(value, (expected[i] as number) - 1);
      expected[i] = value;
    }
    assert.deepEqual(fractionalBuckets(count, SIDE), expected, `${count} patches`);
  }
});

Deno.test("fractionalBuckets() equals the specification's list for 32 patches", () => {
  assert.equal(
    fractionalBuckets(32, SIDE).join(),
    "0,2,4,6,8,10,13,15,17,19,21,24,26,28,30,32,35,37,39,41,43,45,48,50,52,54,56,59,61,63,65,67",
  );
});

Deno.test("fractionalBuckets() stays within the table for any number of patches", () => {
  for (const side of [1, 2, 32, 70]) {
    for (const count of [1, 2, 7, 8, 9, 143, 1000, 1024]) {
      const buckets = fractionalBuckets(count, side);
      assert.equal(buckets[0], 0);
      assert.ok(
        buckets.every((bucket, i) => bucket < side && bucket >= (buckets[i - 1] ?? 0)),
        `${count} of ${side}`,
      );
    }
  }
});

Deno.test("patchPositions() goes row by row over a table of rows and columns", () => {
  const positions = patchPositions(2, 3, SIDE);
  assert.deepEqual([...positions], [0n, 23n, 46n, 2450n, 2473n, 2496n]);
});

const WIDTH = 4096;

function close(table: Float32Array, at: number, expected: Readonly<Record<number, number>>): void {
  for (const [index, value] of Object.entries(expected)) {
    const actual = table[at + Number(index)] as number;
    assert.ok(Math.abs(actual - value) < 3e-7, `element ${index} is ${actual}, not ${value}`);
  }
}

Deno.test("keyPositions() equals the reference's spatial table", () => {
  const table = keyPositions([{ rows: 2, columns: 3, time: -1 }], WIDTH);
  assert.equal(table.length, 6 * WIDTH);
  close(table, (1 * 3 + 2) * WIDTH, {
    0: 0.9092974,
    1: 0.9166037,
    1023: 0.00020180702,
    1024: -0.4161468,
    2048: 0.8414710,
    2049: 0.8365994,
    3072: 0.5403023,
    4095: 1,
  });
});

Deno.test("keyPositions() equals the reference's temporal table", () => {
  const temporal = (time: number) => {
    const still = keyPositions([{ rows: 1, columns: 1, time: -1 }], WIDTH);
    return keyPositions([{ rows: 1, columns: 1, time }], WIDTH).map((value, i) =>
      value - (still[i] as number)
    );
  };
  close(temporal(10), 0, {
    0: -0.5440211,
    1: -0.5058351,
    2047: 0.0010045073,
    2048: -0.8390715,
    4095: 0.9999995,
  });
  close(temporal(599), 0, {
    0: 0.8645211,
    1: -0.5567518,
    2047: 0.0601337,
    2048: -0.5025964,
    4095: 0.9981903,
  });
});

Deno.test("keyPositions() puts slices of any size one after another, each at its time", () => {
  const slices = [{ rows: 1, columns: 2, time: 3 }, { rows: 2, columns: 1, time: -1 }];
  const together = keyPositions(slices, 8);
  const apart = slices.flatMap((slice) => [...keyPositions([slice], 8)]);
  assert.deepEqual([...together], apart);
});

Deno.test("rotaryTables() holds cosine and sine of position · theta^(-2k/size)", () => {
  const { cos, sin } = rotaryTables(50, 8, 1e6);
  for (const position of [0, 1, 49]) {
    for (let k = 0; k < 4; k++) {
      const angle = position * 1e6 ** (-k / 4);
      assert.ok(Math.abs((cos[position * 4 + k] as number) - Math.cos(angle)) < 1e-5);
      assert.ok(Math.abs((sin[position * 4 + k] as number) - Math.sin(angle)) < 1e-5);
    }
  }
});
