// node dist/bench/stream.js [mixed|code]: a long answer streams into the panel's page at 100 tokens a second, below a
// conversation of 16 turns. Tells how long frames took, in how many the page was not at its end, and what jumped.
// `node esbuild.config.mjs webview bench` builds it.

import { argv } from "node:process";
import { launchBrowser } from "../test/editor/host/browser.ts";
import { openPage } from "../test/webview/page/open_page.ts";
import { NUMBERS, turn } from "../test/webview/panel_states.ts";

const TOKEN_COUNT = 10_000;
const CHARACTERS_PER_TOKEN = 4;
const MS_PER_TOKEN = 10;
const EARLIER_TURNS = 16;

const kind = argv[2] ?? "mixed";
if (kind !== "mixed" && kind !== "code") throw new Error(`"${kind}" is neither mixed nor code`);
const text = kind === "code"
  ? "```ts\n" + repeated((index) => `const value${index} = compute("text ${index}", ${index}); // note\n`)
  : repeated(section);
const tokens = Array.from(
  { length: TOKEN_COUNT },
  (_, index) => text.slice(index * CHARACTERS_PER_TOKEN, (index + 1) * CHARACTERS_PER_TOKEN),
);
const earlier = Array.from(
  { length: EARLIER_TURNS },
  (_, index) => turn(`earlier${index}`, { text: section(index), state: { kind: "done", numbers: NUMBERS } }),
);
const browser = await launchBrowser();
try {
  const { page, complaints } = await openPage(browser, { turns: [...earlier, turn("1")] });
  const measured = await page.evaluate(stream, { tokens, msPerToken: MS_PER_TOKEN });
  console.log(`${kind}: ${TOKEN_COUNT} tokens in ${(measured.ms / 1000).toFixed(1)} s`);
  const { gapsMs, shifts, behindCount } = measured;
  const at = (part: number) => gapsMs[Math.floor((gapsMs.length - 1) * part)]?.toFixed(1);
  console.log(`frames: ${gapsMs.length}, median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`);
  console.log(`frames of more than 50 ms: ${gapsMs.filter((ms) => ms > 50).length}`);
  console.log(`frames not at the end: ${behindCount}`);
  console.log(`jumps: ${shifts.length === 0 ? "none" : ""}`);
  for (const { what, count } of shifts) console.log(`  ${count} × ${what}`);
  for (const complaint of complaints) console.log(`complaint: ${complaint}`);
} finally {
  await browser.close();
}

function section(index: number): string {
  return [
    `## Part ${index}`,
    `The total at src/cart.ts:${index} is \`undefined\`, see **step ${index}** and $x_${index}^2$ in <ref>it</ref><box>1 2 30 40</box>.`,
    `\`\`\`ts\nexport function f${index}(cart?: Cart): number {\n  if (!cart) throw new Error("none");\n  return cart.total;\n}\n\`\`\``,
    `| name | count |\n|---|--:|\n| one ${index} | ${index} |`,
  ].join("\n\n") + "\n\n";
}

/** Enough text for all tokens. */
function repeated(part: (index: number) => string): string {
  let text = "";
  for (let index = 0; text.length < TOKEN_COUNT * CHARACTERS_PER_TOKEN; index++) text += part(index);
  return text;
}

/** Runs in the page. */
async function stream({ tokens, msPerToken }: { tokens: readonly string[]; msPerToken: number }) {
  type Shift = PerformanceEntry & {
    readonly hadRecentInput: boolean;
    readonly sources: readonly { readonly node: Node | null }[];
  };
  const counts = new Map<string, number>();
  const isInCode = (node: Node | null) =>
    (node instanceof Element ? node : node?.parentElement)?.closest("pre");
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, sources } of list.getEntries() as Shift[]) {
      for (const { node } of hadRecentInput ? [] : sources) {
        // Lines that get their colours change their element and not their place.
        if (isInCode(node)) continue;
        const { nodeName = "gone", parentElement = null } = node ?? {};
        const what = `${nodeName} in ${parentElement?.nodeName}.${parentElement?.className}`;
        counts.set(what, (counts.get(what) ?? 0) + 1);
      }
    }
  }).observe({ type: "layout-shift" });
  const main = document.querySelector("main");
  if (main === null) throw new Error("the page shows no conversation");
  const gapsMs: number[] = [];
  let behindCount = 0;
  let lastMs = performance.now();
  let isOn = true;
  const frame = (): void => {
    const now = performance.now();
    gapsMs.push(now - lastMs);
    lastMs = now;
    if (main.scrollHeight - main.clientHeight - main.scrollTop > 2) behindCount++;
    if (isOn) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const startMs = performance.now();
  await new Promise<void>((done) => {
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(tokens.length, Math.floor((performance.now() - startMs) / msPerToken));
      for (; sent < due; sent++) {
        const data = { kind: "answer", turnId: "1", text: tokens[sent] };
        dispatchEvent(new MessageEvent("message", { data }));
      }
      if (sent < tokens.length) return;
      clearInterval(timer);
      done();
    }, msPerToken);
  });
  isOn = false;
  gapsMs.sort((a, b) => a - b);
  const shifts = [...counts].map(([what, count]) => ({ what, count })).sort((a, b) => b.count - a.count);
  return { ms: performance.now() - startMs, gapsMs, behindCount, shifts };
}
