import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { copyForOpening, makeShown, openedFileName, shownFileName } from "../../extension/picture_copies.ts";
import { picture } from "./support/pictures.ts";

const hash = picture("a").sha256;

Deno.test("shownFileName() gives vector pictures the ending that browsers want", () => {
  assert.equal(shownFileName(picture("a", "x.png")), hash);
  assert.equal(shownFileName(picture("a", "Drawing.SVG")), `${hash}.svg`);
});

Deno.test("makeShown() makes that file, once", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, hash);
  await writeFile(path, "<svg/>");
  const vector = picture("a", "x.svg");
  await makeShown(path, vector);
  await makeShown(path, vector);
  assert.equal(await readFile(join(folder, shownFileName(vector)), "utf8"), "<svg/>");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("openedFileName() is a name that people recognise and no path", () => {
  const check = (name: string, format: string | undefined, expected: string) =>
    assert.equal(openedFileName(picture("a", name), format), expected);
  check("Pasted picture.png", "png", "Pasted picture aaaaaaaa.png");
  check("Überblick (3).JPG", "jpeg", "Überblick 3 aaaaaaaa.jpg");
  check("no ending", "webp", "no ending aaaaaaaa.webp");
  check("../../etc/passwd", undefined, "etc passwd aaaaaaaa");
  check('a"b\\c:d\n.png', "png", "a b c d aaaaaaaa.png");
  check(".png", "png", "aaaaaaaa.png");
  assert.ok(openedFileName(picture("a", "x".repeat(500)), "png").length < 100);
});

Deno.test("copyForOpening() leaves the store's own file alone", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, hash);
  await writeFile(path, "pixels");
  const copy = await copyForOpening(path, join(folder, "opened"), picture("a"), "png");
  await writeFile(copy, "changed");
  assert.equal(await readFile(path, "utf8"), "pixels");
  await Deno.remove(folder, { recursive: true });
});
