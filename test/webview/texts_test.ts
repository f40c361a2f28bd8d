import assert from "node:assert/strict";
import { translator } from "../../webview/texts.ts";

Deno.test("t() gives the English text when there is no translation", () => {
  const t = translator({});
  assert.equal(t("Send"), "Send");
  assert.equal(t("constructor"), "constructor");
});

Deno.test("t() gives the translation and fills its places in", () => {
  const t = translator({ "{0} of {1}": "von {1} das Bild {0}" });
  assert.equal(t("{0} of {1}", 2, "drei"), "von drei das Bild 2");
});

Deno.test("t() does not fill in places that come with a value, nor those without one", () => {
  const t = translator({});
  assert.equal(t("Remove {0}", "{1}.png", "x"), "Remove {1}.png");
  assert.equal(t("{0} and {1}", 0), "0 and {1}");
  assert.equal(t("Open {0}", "$&"), "Open $&");
});
