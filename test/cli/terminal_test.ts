import assert from "node:assert/strict";
import { dim, printable } from "../../cli/terminal.ts";

Deno.test("printable() keeps text of every script, tabs and line feeds", () => {
  const text = "größe\t世界\n👩‍🦰 – naïve";
  assert.equal(printable(text), text);
});

Deno.test("printable() drops everything that a terminal would act on", () => {
  assert.equal(printable("a\x1b[2Jb\x07c\rd\x9b31me\x00f\x7f"), "a[2Jbcd31mef");
  assert.equal(printable("\u202egnp\u2066.exe\u2069\u2028"), "gnp.exe");
});

Deno.test("dim() writes escape codes to terminals only", () => {
  assert.equal(dim("x", { isTTY: false }), "x");
  assert.equal(dim("x", {}), "x");
  const before = Deno.env.get("NO_COLOR");
  try {
    Deno.env.delete("NO_COLOR");
    assert.equal(dim("x", { isTTY: true }), "\x1b[2mx\x1b[0m");
    Deno.env.set("NO_COLOR", "1");
    assert.equal(dim("x", { isTTY: true }), "x");
  } finally {
    if (before === undefined) Deno.env.delete("NO_COLOR");
    else Deno.env.set("NO_COLOR", before);
  }
});
