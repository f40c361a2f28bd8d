// A model's text is untrusted, and so may be the HTML that a faulty Markdown renderer would make of it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { repositoryFolder } from "../../editor/host/places.ts";
import { NUMBERS, picture, turn } from "../panel_states.ts";
import { openPage } from "./open_page.ts";

const MARKDOWN = [
  "<script>hacked = 1</script>",
  "<img src=x onerror='hacked = 1'><svg onload='hacked = 1'><iframe src='https://example.com'></iframe>",
  "[a](javascript:hacked=1) [b](data:text/html,x) [c](command:workbench.action.quit) [d](https://example.com)",
  "![picture](https://example.com/track.png)",
  "| a |\n|:-:|\n| <style>*{display:none}</style> |",
  '```"><img src=x onerror=hacked=1>\n</code></pre><script>hacked = 1</script>\n```',
  "[e]: javascript:hacked=1\n\n[e] <javascript:hacked=1>",
].join("\n\n");

/** HTML that markdown.ts never makes, and what is left of it. */
const HTML: readonly (readonly [hostile: string, left: string])[] = [
  ["<p>a<script>x</script></p>", "<p>a</p>"],
  ['<p onclick="x" style="color:red" id="x" data-x="1">a</p>', "<p>a</p>"],
  ['<a href="javascript:x">a</a>', "<a>a</a>"],
  ['<a href="java\nscript:x">a</a>', "<a>a</a>"],
  ['<a href="command:x">a</a>', "<a>a</a>"],
  ['<a href="https://example.com" target="_top">a</a>', '<a href="https://example.com">a</a>'],
  ['<img src="https://example.com"><svg><script>x</script></svg><math></math>', ""],
  ["<form><input><textarea></textarea></form><iframe></iframe><style>x</style>", ""],
  ["<template><p>a</p></template>", ""],
];

/** No script runs, nothing is fetched, and only links to the web are links. */
export async function hostileAnswersAreHarmless(browser: Browser): Promise<void> {
  const numbers = NUMBERS;
  const { page, complaints, send } = await openPage(browser, { turns: [turn("1", { thinking: MARKDOWN })] });
  // Every beginning of it is drawn once, as it is when it streams.
  for (const text of MARKDOWN.match(/[\s\S]{1,40}/g) ?? []) await send({ kind: "answer", turnId: "1", text });
  await send({ kind: "done", turnId: "1", numbers });
  const answer = page.locator(".answer");
  assert.equal(await page.evaluate("'hacked' in globalThis"), false);
  assert.equal(
    await answer.locator("script, img, svg, iframe, style, [style], [onerror], [onload], [onclick]").count(),
    0,
  );
  assert.deepEqual(
    await answer.locator("a").evaluateAll((links) => links.map((a) => a.getAttribute("href"))),
    [
      "https://example.com",
    ],
  );
  assert.match(await answer.innerText(), /<script>hacked = 1<\/script>/);
  assert.deepEqual(complaints, []);
}

/** Characters that turn the direction of a text are spelled out, in what is shown and in what is copied. */
export async function directionsCannotBeTurned(browser: Browser): Promise<void> {
  const text = "`a.ts\u202e\u2066` and\n\n```ts\nif (a) { \u2067} // admin\u2069\n```\n\nمرحبا";
  const { page, posted } = await openPage(browser, {
    turns: [turn("1", { text, thinking: "\u202eabc", state: { kind: "done", numbers: NUMBERS } })],
  });
  const shown = await page.locator(".conversation").evaluate((all) => all.textContent ?? "");
  assert.doesNotMatch(shown, /[\u202a-\u202e\u2066-\u2069]/);
  for (const part of ["a.ts\\u{202e}\\u{2066}", "{ \\u{2067}}", "\\u{202e}abc", "مرحبا"]) {
    assert.ok(shown.includes(part), part);
  }
  for (const name of ["Copy", "Insert", "Copy answer"]) {
    await page.getByRole("button", { name, exact: true }).press("Enter");
  }
  const copied = await posted();
  assert.equal(copied.length, 3);
  for (const message of copied) assert.doesNotMatch(JSON.stringify(message), /[\u202a-\u202e\u2066-\u2069]/);
}

/** What would take a careless renderer forever. */
export async function hugeAndDeepAnswersAreDrawn(browser: Browser): Promise<void> {
  const row = `|${" 1 |".repeat(20)}`;
  const hostile = [
    `|${" a |".repeat(20)}\n|${"---|".repeat(20)}\n${`${row}\n`.repeat(500)}`,
    ">".repeat(4_000) + " a",
    `${"[".repeat(4_000)}a${"](".repeat(4_000)}`,
    `${"*a_ ".repeat(4_000)}`,
    `${"- ".repeat(1_000)}a`,
    `${"$a".repeat(2_000)}`,
    `${"<ref>".repeat(2_000)}${"<box>1 2".repeat(2_000)}`,
    `${"a.ts:1:".repeat(2_000)}`,
    "`".repeat(10_000),
  ];
  const { page, send, complaints } = await openPage(browser);
  for (const [index, text] of hostile.entries()) {
    const id = String(index + 2);
    await send({ kind: "asked", turn: turn(id) }, { kind: "answer", turnId: id, text });
    await send({ kind: "done", turnId: id, numbers: NUMBERS });
  }
  await send({ kind: "asked", turn: turn("1") }, { kind: "answer", turnId: "1", text: "still here" });
  assert.equal(await page.getByText("still here").count(), 1);
  assert.equal(await page.locator("tr").count(), 501);
  assert.deepEqual(complaints, []);
}

/** A vector picture is shown as a picture: nothing in it runs or is fetched. */
export async function vectorPicturesAreHarmless(browser: Browser): Promise<void> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="hacked=1">
    <script>hacked=1; top.hacked=1</script>
    <image href="https://example.com/track.png" width="9" height="9"/>
    <foreignObject width="9" height="9"><iframe src="https://example.com"/></foreignObject>
    <style>@import url("https://example.com/a.css");</style><rect width="9" height="9" fill="#0f0"/></svg>`;
  const { page, complaints } = await openPage(browser);
  await page.route("**/evil.svg", (route) => route.fulfill({ contentType: "image/svg+xml", body: svg }));
  await page.evaluate(
    (attachment) => dispatchEvent(new MessageEvent("message", { data: { kind: "attached", attachment } })),
    picture("evil.svg", { source: "https://panel.test/evil.svg" }),
  );
  const shown = page.locator("img").first();
  await shown.waitFor();
  await page.waitForFunction(() => {
    const image = document.querySelector("img");
    return image?.complete === true && image.naturalWidth === 9;
  });
  assert.equal(await page.evaluate("'hacked' in globalThis"), false);
  assert.deepEqual(complaints, []);
}

/** sanitise() is a door of its own. */
export async function sanitiseLetsNothingThrough(browser: Browser): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(repositoryFolder, "webview", "sanitise.ts")],
    ...{ bundle: true, write: false, format: "iife", globalName: "tested", logLevel: "silent" },
  });
  const page = await browser.newPage();
  await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
  const left = await page.evaluate(
    (all) => {
      const { tested } = globalThis as unknown as { tested: { sanitise(html: string): DocumentFragment } };
      return all.map(([hostile]) => {
        const box = document.createElement("div");
        box.append(tested.sanitise(hostile));
        return box.innerHTML;
      });
    },
    HTML,
  );
  assert.deepEqual(left, HTML.map(([, left]) => left));
}
