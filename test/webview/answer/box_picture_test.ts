import assert from "node:assert/strict";
import { namedPicture } from "../../../webview/answer/box_picture.ts";
import { picture } from "../panel_states.ts";

const pictures = [
  picture("before"),
  picture("after"),
  picture("x", { name: "shot.png" }),
  picture("y", {
    name: "shot.png",
  }),
];
const named = (text: string) => namedPicture(text, pictures)?.id;

Deno.test("namedPicture() finds the picture that is named last, by number or by name", () => {
  assert.equal(named("In image 2, the"), "after");
  assert.equal(named("Auf Bild 1 steht, auf Bild 2"), "after");
  assert.equal(named("在图片2中"), "after");
  assert.equal(named("Unlike picture 2, before.png has"), "before");
  assert.equal(named("Pictures #2"), "after");
});

Deno.test("namedPicture() does not guess", () => {
  for (const text of ["", "the button", "image 9", "image 12", "step 2", "shot.png", "image 0"]) {
    assert.equal(named(text), undefined, text);
  }
});
