// Draws the sample pictures: every samples/source/<name>.html becomes samples/<name>.png, and
// samples/truth.json says what can be read in each. Needs a Chromium and the fonts named in samples/README.md.
//
//   node esbuild.config.mjs tools && node dist/tools/render_samples.js [name ...]
/// <reference lib="dom" />

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, env } from "node:process";
import { type Browser, chromium, type Page } from "playwright-core";
import sharp from "sharp";

const FOLDER = "samples";
const SOURCES = join(FOLDER, "source");
const TRUTH = join(FOLDER, "truth.json");
const BROWSER = env["SIGHTLINE_CHROMIUM"] ?? "/usr/bin/chromium";
/** Smaller text would test the eyes of a reader, not a usual picture. */
const SMALLEST_TEXT_PX = 13;
/** The same letters and colours on every machine that has the same fonts. */
const BROWSER_ARGS = [
  "--force-color-profile=srgb",
  "--font-render-hinting=none",
  "--disable-lcd-text",
  "--hide-scrollbars",
];

/** What a perfect reader gets from one picture. */
export interface Truth {
  /** One sentence on what the picture shows. */
  readonly description: string;
  /** The text lines in reading order, runs of spaces as one. */
  readonly lines: readonly string[];
}

/** What the `meta` elements of a source say. */
interface Settings {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  /** The first is drawn as `<name>.png`, each other one as `<name>-<theme>.png`. */
  readonly themes: readonly string[];
  /** Goes on after the theme, as "terminal window in which …". */
  readonly description: string;
}

/** The text of a page, as drawn. */
interface PageText {
  readonly lines: string[];
  /** Texts that are too small or not wholly in the picture. */
  readonly faults: string[];
}

/** The content of a `meta` element. */
function metaOf(html: string, name: string): string | undefined {
  return new RegExp(`<meta\\s+name="${name}"\\s+content="([^"]*)"`).exec(html)?.[1];
}

/** Reads the settings of a source. */
function settingsOf(html: string, name: string): Settings {
  const size = /^(\d+)x(\d+)$/.exec(metaOf(html, "viewport-size") ?? "");
  const themes = metaOf(html, "themes")?.split(" ");
  const description = metaOf(html, "description");
  if (!size || !themes || !description) {
    throw new Error(`${name}.html needs the meta elements viewport-size, themes and description`);
  }
  return {
    width: Number(size[1]),
    height: Number(size[2]),
    scale: Number(metaOf(html, "device-scale") ?? 1),
    themes,
    description,
  };
}

/** Collects the lines of text in document order. Runs inside the page, so it may use nothing from outside. */
function readPage(smallest: number): PageText {
  const lines: string[] = [];
  const faults = new Set<string>();
  let owner: Element | null = null;
  let line = "";
  let top = 0;
  let bottom = 0;
  const finish = () => {
    const text = line.replace(/\s+/g, " ").trim();
    if (text) lines.push(text);
    line = "";
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.nodeValue ?? "";
    let block = node.parentElement;
    if (!block || block.closest("style, script")) continue;
    const size = parseFloat(getComputedStyle(block).fontSize);
    while (block && !(block instanceof SVGTextElement) && getComputedStyle(block).display === "inline") {
      block = block.parentElement;
    }
    for (let i = 0; i < text.length; i++) {
      const range = document.createRange();
      range.setStart(node, i);
      range.setEnd(node, i + 1);
      const box = range.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      const middle = (box.top + box.bottom) / 2;
      if (block !== owner || middle < top || middle > bottom) {
        finish();
        owner = block;
        ({ top, bottom } = box);
      }
      line += text.charAt(i);
      if (/\s/.test(text.charAt(i))) continue;
      if (size < smallest) faults.add(`${size} px: ${text.trim()}`);
      if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight) {
        faults.add(`outside: ${text.trim()}`);
      }
    }
  }
  finish();
  return { lines, faults: [...faults] };
}

/** The smaller of two lossless encodings: which row filter wins depends on the picture. */
async function encode(screenshot: Buffer): Promise<Buffer> {
  const [plain, filtered] = await Promise.all(
    [false, true].map((adaptiveFiltering) =>
      sharp(screenshot).removeAlpha().png({ palette: false, compressionLevel: 9, adaptiveFiltering })
        .toBuffer()
    ),
  );
  if (!plain || !filtered) throw new Error("no picture was encoded");
  return plain.length < filtered.length ? plain : filtered;
}

/** Draws one source in one theme. */
async function draw(page: Page, html: string, theme: string, file: string): Promise<PageText> {
  await page.setContent(html.replace("<html", `<html data-theme="${theme}"`));
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  const picture = await encode(await page.screenshot({ type: "png", animations: "disabled", caret: "hide" }));
  writeFileSync(join(FOLDER, file), picture);
  return await page.evaluate(readPage, SMALLEST_TEXT_PX);
}

/** Draws one source in all its themes and returns the truth by file name. */
async function render(browser: Browser, name: string): Promise<Record<string, Truth>> {
  const html = readFileSync(join(SOURCES, `${name}.html`), "utf8");
  const { width, height, scale, themes, description } = settingsOf(html, name);
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    offline: true,
    locale: "en-GB",
  });
  const page = await context.newPage();
  const truths: Record<string, Truth> = {};
  for (const theme of themes) {
    const file = theme === themes[0] ? `${name}.png` : `${name}-${theme}.png`;
    const { lines, faults } = await draw(page, html, theme, file);
    if (faults.length > 0) throw new Error(`${file}: ${faults.join("; ")}`);
    truths[file] = { description: `${theme.charAt(0).toUpperCase()}${theme.slice(1)} ${description}`, lines };
    console.log(`${file}  ${width * scale}x${height * scale}  ${lines.length} lines`);
  }
  await context.close();
  return truths;
}

/** The truths on disk, so that drawing some pictures keeps what is known of the others. */
function knownTruths(): Record<string, Truth> {
  return existsSync(TRUTH) ? JSON.parse(readFileSync(TRUTH, "utf8")) as Record<string, Truth> : {};
}

const all = readdirSync(SOURCES).filter((file) => file.endsWith(".html")).map((file) => file.slice(0, -5));
const wanted = argv.length > 2 ? argv.slice(2) : all;
const browser = await chromium.launch({ executablePath: BROWSER, args: BROWSER_ARGS });
try {
  let truths = wanted.length < all.length ? knownTruths() : {};
  for (const name of wanted) truths = { ...truths, ...await render(browser, name) };
  const sorted = Object.fromEntries(Object.entries(truths).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(TRUTH, `${JSON.stringify(sorted, null, 2)}\n`);
} finally {
  await browser.close();
}
