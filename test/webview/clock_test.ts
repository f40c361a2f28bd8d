import assert from "node:assert/strict";
import { clock, readClock } from "../../webview/clock.ts";

Deno.test("clock() writes times as people do", () => {
  const times: readonly [timeS: number, text: string][] = [
    [0, "0:00"],
    [3.2, "0:03.2"],
    [3.04, "0:03"],
    [59.97, "1:00"],
    [75, "1:15"],
    [3723.5, "1:02:03.5"],
    [-1, "0:00"],
  ];
  for (const [timeS, text] of times) assert.equal(clock(timeS), text);
});

Deno.test("readClock() reads what clock() writes, and what people write", () => {
  for (const timeS of [0, 3.2, 60, 75, 3599.9, 3600, 3723.5]) assert.equal(readClock(clock(timeS)), timeS);
  assert.deepEqual(["7", " 7,5 ", "00:12", "90:00", "0:9"].map(readClock), [7, 7.5, 12, 5400, 9]);
});

Deno.test("readClock() takes nothing else for a time", () => {
  const none = [
    "",
    ":",
    "1:",
    ":30",
    "1:60",
    "1:2:3:4",
    "1:75:00",
    "-1",
    "1e3",
    "0x10",
    "NaN",
    "1:02 pm",
    "١:٠٢",
  ];
  for (const text of none) assert.equal(readClock(text), null, text);
});
