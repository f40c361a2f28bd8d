// The parts of an answer that can do something: code, tables, formulas, diagrams, places in files, boxes in pictures.

import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { picture, RECEIPT, turn } from "../panel_states.ts";
import { openPage } from "./open_page.ts";

/** Opens the page with a growing answer. */
async function answered(browser: Browser, text: string, isAtOnce = true) {
  const opened = await openPage(browser, { turns: [turn("1")] });
  const pieces = isAtOnce ? [text] : text.match(/[\s\S]{1,30}/g) ?? [];
  for (const piece of pieces) await opened.send({ kind: "answer", turnId: "1", text: piece });
  return opened;
}

/** Code has buttons that send what is in it, and nothing else. */
export async function codeCanBeUsed(browser: Browser): Promise<void> {
  const text = "Do\n\n- this:\n\n  ```ts\n  const a = 1;\n  ```\n";
  const { page, posted, complaints } = await answered(browser, text);
  for (const name of ["Insert", "New File", "Copy"]) {
    await page.getByRole("button", { name, exact: true }).press("Enter");
  }
  assert.deepEqual(await posted(), [
    { kind: "insert-code", text: "const a = 1;" },
    { kind: "new-file", text: "const a = 1;", language: "ts" },
    { kind: "copy", text: "const a = 1;" },
  ]);
  assert.equal(await page.locator("code .hljs-keyword").innerText(), "const");
  assert.deepEqual(complaints, []);
}

/** A growing block keeps its elements and its colours, changes nothing above its last lines, and ends as a whole one. */
export async function growingCodeDoesNotFlicker(browser: Browser): Promise<void> {
  const code = "// one\nconst a = `two\nthree`;\nlet b = 4;\n";
  const text = `\`\`\`ts\n${code}\`\`\``;
  const { page, send } = await answered(browser, text.slice(0, 12));
  await page.locator("pre").evaluate((pre) => {
    const globals = globalThis as unknown as { losses: number; pre: Element };
    Object.assign(globals, { losses: 0, pre });
    let coloured = 0;
    new MutationObserver(() => {
      const now = pre.querySelector(".coloured")?.textContent?.length ?? 0;
      if (now < coloured) globals.losses++;
      coloured = now;
    }).observe(pre, { subtree: true, childList: true, characterData: true });
  });
  for (const character of text.slice(12)) await send({ kind: "answer", turnId: "1", text: character });
  assert.equal(await page.evaluate("losses"), 0);
  assert.equal(await page.evaluate("pre.isConnected"), true);
  assert.equal(await page.locator("pre code").textContent(), code);
  const whole = await answered(browser, text);
  assert.equal(
    await page.locator(".coloured").innerHTML(),
    await whole.page.locator(".coloured").innerHTML(),
  );
}

/** A table is copied as CSV; a wide or long one scrolls in itself. */
export async function tablesAreCopiedAndScroll(browser: Browser): Promise<void> {
  const cells = Array.from({ length: 40 }, (_, index) => `c${index}`);
  const rows = Array.from({ length: 300 }, () => `| ${cells.join(" | ")} |`).join("\n");
  const table = `| a, b | ${cells.slice(1).join(" | ")} |\n|${"---|".repeat(40)}\n${rows}`;
  const { page, posted } = await answered(browser, table);
  await page.getByRole("button", { name: "Copy as CSV" }).click();
  const [copied] = await posted();
  assert.ok(copied?.kind === "copy");
  assert.equal(copied.text.split("\r\n").length, 301);
  assert.ok(copied.text.startsWith('"a, b",c1,'));
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.equal(widths[0], widths[1]);
  assert.ok(await page.locator(".table").evaluate((box) => box.scrollWidth > box.clientWidth));
}

/** Formulas are set with the page's own fonts; what is none stays as it was written, and nothing in it works. */
export async function formulasAreSet(browser: Browser): Promise<void> {
  const hostile = [
    "$\\href{javascript:hacked=1}{a}$",
    "$\\includegraphics{https://example.com/x.png}$",
    "$\\htmlStyle{position:fixed}{b}$",
    "$\\def\\a{\\a\\a}\\a$",
    "$\\text{</span><img src=x onerror=hacked=1>}$",
    "$\\frac{1}{$",
  ];
  const text = `$E=mc^2$ and\n\n$$\\sqrt{x}$$\n\n${hostile.join("\n\n")}`;
  const { page, complaints } = await answered(browser, text, false);
  await page.locator(".katex").first().waitFor();
  assert.equal(await page.locator(".katex-display").count(), 1);
  await page.evaluate("document.fonts.ready");
  assert.equal(await page.evaluate("document.fonts.check('16px KaTeX_Math')"), true);
  assert.match(await page.locator(".answer").innerText(), /\$\\frac\{1\}\{\$/);
  assert.match(await page.locator(".answer").innerText(), /\$\\def\\a/);
  assert.equal(await page.locator(".answer img, .answer a").count(), 0);
  assert.equal(await page.evaluate("'hacked' in globalThis"), false);
  assert.deepEqual(complaints, []);
}

/** A diagram is a picture beside its code, whatever its labels hold; what is none is code with the reason. */
export async function diagramsAreDrawn(browser: Browser): Promise<void> {
  const label = "<img src=x onerror=hacked=1><a href=javascript:hacked=1>x</a>";
  const diagrams = [
    `flowchart TD\n  A["${label}"] -->|"<b>b</b>"| B\n  click A "javascript:hacked=1"\n  click B call hacked()`,
    '%%{init: {"securityLevel": "loose", "themeCSS": "*{background:url(https://example.com)}"}}%%\nsequenceDiagram\n  A->>B: <script>hacked=1</script>',
    "classDiagram\n  class A { +int b }",
    "stateDiagram-v2\n  [*] --> A",
    "erDiagram\n  A ||--o{ B : has",
    "gantt\n  section A\n  b :a1, 2024-01-01, 3d",
    'pie title A\n  "b" : 3\n  "c" : 4',
    "mindmap\n  root\n    a\n    b",
  ];
  const text = diagrams.map((code) => `\`\`\`mermaid\n${code}\n\`\`\``).join("\n\n");
  const { page, complaints } = await answered(
    browser,
    `${text}\n\n\`\`\`mermaid\nflowchart TD\n  A[ -->\n\`\`\``,
  );
  const drawings = page.locator(".drawing img");
  await drawings.nth(diagrams.length - 1).waitFor();
  await page.getByText("This diagram cannot be drawn: Mermaid does not understand line 2.").waitFor();
  const sizes = await drawings.evaluateAll((images) =>
    Promise.all(images.map(async (image) => {
      const { naturalWidth } = image as HTMLImageElement;
      await (image as HTMLImageElement).decode();
      return naturalWidth > 20;
    }))
  );
  assert.deepEqual(sizes, diagrams.map(() => true));
  assert.equal(await page.locator(".diagram pre").count(), diagrams.length + 1);
  assert.equal(
    await page.locator(".answer svg:not(.icon), .answer a, body > svg, body > div:not(#page)").count(),
    0,
  );
  assert.equal(await page.evaluate("'hacked' in globalThis"), false);
  assert.deepEqual(complaints, []);
}

/** Mermaid is loaded for diagrams only, and a diagram that is not complete is not drawn. */
export async function renderersAreLoadedWhenNeeded(browser: Browser): Promise<void> {
  const { page, send } = await answered(browser, "```mermaid\nflowchart TD\n  A --> B\n");
  const scripts = (): Promise<number> => page.locator("head script").count();
  assert.equal(await scripts(), 0);
  await send({ kind: "answer", turnId: "1", text: "```\n" });
  await page.locator(".drawing img").waitFor();
  assert.equal(await scripts(), 1);
}

/** Names of files become links only once the extension knows the file, and only open that. */
export async function placesAreLinksWhenTheyExist(browser: Browser): Promise<void> {
  const { page, send, posted } = await answered(browser, "at src/cart.ts:42:7 and `other.ts:3`.", false);
  assert.deepEqual(await posted(), [
    { kind: "find-files", paths: ["src/cart.ts"] },
    { kind: "find-files", paths: ["other.ts"] },
  ]);
  assert.equal(await page.locator(".place").count(), 0);
  await send({
    kind: "files",
    files: [{ path: "src/cart.ts", file: "packages/shop/src/cart.ts" }, { path: "other.ts", file: null }],
  });
  const link = page.getByRole("button", { name: "src/cart.ts:42:7" });
  assert.equal(await link.getAttribute("title"), "Open packages/shop/src/cart.ts, line 42");
  await link.press("Enter");
  assert.deepEqual(await posted(), [{ kind: "open-place", path: "src/cart.ts", line: 42, column: 7 }]);
  assert.equal(await page.locator(".place").count(), 1);
  assert.match(await page.locator(".answer").innerText(), /and other\.ts:3\./);
}

/** A box is shown in the picture of its question as long as one points at it, and large when it is pressed. */
export async function boxesAreShownInThePicture(browser: Browser): Promise<void> {
  const { page, send, complaints } = await openPage(browser);
  const source = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 192, height: 108 });
    canvas.getContext("2d")?.fillRect(0, 0, 100, 100);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    return blob === null ? "" : URL.createObjectURL(blob);
  });
  const attachments = [picture("a", { source, receipt: RECEIPT })];
  await send({ kind: "asked", turn: turn("1", { attachments }) });
  for (
    const character
      of "It is <ref><b>Save</b></ref><box>250 500 500 750</box>, <ref>Save</ref><box>250 500 500 750</box>!"
  ) {
    await send({ kind: "answer", turnId: "1", text: character });
    assert.doesNotMatch(await page.locator(".answer").innerText(), /<\/?(?:ref|box)|250/);
  }
  assert.equal(await page.locator(".answer b").count(), 0);
  const chip = page.getByRole("button", { name: "Save", exact: true });
  const mark = page.locator(".question .box-mark");
  assert.equal(await mark.count(), 0);
  await chip.focus();
  await mark.waitFor();
  const within = await mark.evaluate((rect) => {
    const [box, picture] = [rect, rect.closest(".picture") as Element].map((element) =>
      element.getBoundingClientRect()
    );
    if (box === undefined || picture === undefined) return null;
    return box.left > picture.left && box.right < picture.right && box.top > picture.top &&
      box.bottom < picture.bottom;
  });
  assert.equal(within, true);
  await chip.blur();
  await mark.waitFor({ state: "detached" });
  await chip.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Save" });
  assert.equal(await dialog.locator("rect").getAttribute("x"), "480");
  assert.notEqual(await dialog.locator("svg[role=img]").getAttribute("viewBox"), "0 0 1920 1080");
  await dialog.getByRole("button", { name: "Whole Picture" }).click();
  assert.equal(await dialog.locator("svg[role=img]").getAttribute("viewBox"), "0 0 1920 1080");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
}
