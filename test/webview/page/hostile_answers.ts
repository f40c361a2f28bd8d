// A model's text is untrusted, and so may be the HTML that a faulty Markdown renderer would make of it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { repositoryFolder } from "../../editor/host/places.ts";
import { NUMBERS, turn } from "../panel_states.ts";
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
