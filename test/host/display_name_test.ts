import assert from "node:assert/strict";
import { displayName } from "../../host/display_name.ts";

Deno.test("displayName() leaves ordinary names as they are, in every script", () => {
  for (
    const name of ["a.png", "größe 世界.jpg", "naïve – “quoted”.webp", "👩‍🦰.png".replaceAll("\u200d", "")]
  ) {
    assert.equal(displayName(name), name);
  }
});

Deno.test("displayName() spells out what would change the text around it", () => {
  assert.equal(displayName("a\nb\tc\x1b[31m\x7f.png"), "a\\u{a}b\\u{9}c\\u{1b}[31m\\u{7f}.png");
  assert.equal(displayName("\u202egnp.exe"), "\\u{202e}gnp.exe");
  assert.equal(
    displayName("a\u200bb\u2066c\u2069\ufeff\u2028"),
    "a\\u{200b}b\\u{2066}c\\u{2069}\\u{feff}\\u{2028}",
  );
});

Deno.test("displayName() leaves out the middle of a long name, not its ending", () => {
  const shown = displayName(`${"x".repeat(500)}.png`);
  assert.equal(shown.length, 120);
  assert.match(shown, /^x{60}…x+\.png$/);
  const exact = `${"x".repeat(116)}.png`;
  assert.equal(displayName(exact), exact);
});

Deno.test("displayName() gives the same when it is applied again", () => {
  for (const name of ["a\nb", "x".repeat(300)]) {
    assert.equal(displayName(displayName(name)), displayName(name));
  }
});
