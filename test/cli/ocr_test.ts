// The command as it was built, in a process of its own. `npm run test:unit` builds it first.

import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../support/places.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ocr` in the folder of samples, with a storage of its own. */
async function ocr(...args: string[]): Promise<Ended> {
  const storage = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await new Deno.Command("node", {
      args: [join(ROOT, "dist/cli/ocr.js"), ...args],
      cwd: join(ROOT, "samples"),
      env: { SIGHTLINE_STORAGE: storage },
    }).output();
    const pictures = [...Deno.readDirSync(storage)].some(({ name }) => name === "pictures")
      ? [...Deno.readDirSync(join(storage, "pictures"))]
      : [];
    assert.deepEqual(pictures, [], "copies of pictures are removed");
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } finally {
    await Deno.remove(storage, { recursive: true });
  }
}

Deno.test("ocr prints the text of one picture and nothing else", async () => {
  const { code, stdout, stderr } = await ocr("dialog-dark.png");
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^Save Picture\n[^]*mountain-lake\.png could not be saved\n[^]*Try Again\n$/);
});

Deno.test("ocr prints a heading for each of several pictures, and complains of bad ones", async () => {
  const { code, stdout, stderr } = await ocr("dialog-dark.png", "no such.png", "truth.json", "flowchart.png");
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^==> dialog-dark\.png <==\nSave Picture\n[^]*\n\n==> flowchart\.png <==\nRefund process\n/,
  );
  assert.deepEqual(
    stderr.trim().split("\n").map((line) => /^Cannot use picture "([^"]+)": /.exec(line)?.[1]),
    [
      "no such.png",
      "truth.json",
    ],
  );
});

Deno.test("ocr --format json prints one array of the pictures that could be read", async () => {
  const { code, stdout, stderr } = await ocr(
    "--format",
    "json",
    "dialog-dark.png",
    "no such.png",
    "flowchart.png",
  );
  assert.equal(code, 1);
  assert.match(stderr, /no such\.png/);
  const found = JSON.parse(stdout);
  assert.deepEqual(found.map(({ file, width, height }: Record<string, unknown>) => [file, width, height]), [
    ["dialog-dark.png", 1120, 700],
    ["flowchart.png", 1000, 860],
  ]);
  for (const { text, lines, ...rest } of found) {
    assert.deepEqual(Object.keys(rest), ["file", "width", "height"]);
    assert.ok(lines.length > 5);
    for (const line of lines) {
      assert.deepEqual(Object.keys(line), ["text", "confidence", "box"]);
      assert.ok(text.includes(line.text));
      assert.ok(line.confidence > 0 && line.confidence <= 1);
      assert.equal(line.box.length, 4);
      assert.ok(line.box.every((corner: unknown[]) => corner.length === 2 && corner.every(Number.isFinite)));
    }
  }
});

Deno.test("ocr explains how it is called", async () => {
  for (const args of [[], ["--format", "xml", "table.png"], ["--nonsense"]]) {
    const { code, stdout, stderr } = await ocr(...args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /usage: npm run ocr/);
  }
});
