// Checks the panel's page in Chromium. Needs dist/webview, which `node esbuild.config.mjs webview` makes.

import { argv } from "node:process";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../../editor/host/browser.ts";
import * as answerParts from "./answer_parts.ts";
import * as asking from "./asking.ts";
import * as attaching from "./attaching.ts";
import * as hostileAnswers from "./hostile_answers.ts";
import * as reading from "./reading.ts";
import * as recordings from "./recordings.ts";
import * as versions from "./versions.ts";

const LIMIT_MS = 30_000;

type Check = (browser: Browser) => Promise<void>;

process.setSourceMapsEnabled(true);
const checks: readonly (readonly [name: string, check: Check])[] = Object.entries(
  { ...hostileAnswers, ...answerParts, ...attaching, ...asking, ...reading, ...recordings, ...versions },
);
const wanted = argv.slice(2);
const chosen = checks.filter(([name]) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
if (chosen.length === 0) throw new Error(`no check is called like ${wanted.join(" or ")}`);

const browser = await launchBrowser();
try {
  for (const [name, check] of chosen) await run(name, check);
} finally {
  await browser.close();
}

async function run(name: string, check: Check): Promise<void> {
  const startMs = Date.now();
  try {
    await Promise.race([check(browser), limit()]);
    console.log(`ok ${name} (${Date.now() - startMs} ms)`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`not ok ${name}\n${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()));
  }
}

function limit(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`not done after ${LIMIT_MS / 1000} s`)), LIMIT_MS).unref();
  });
}
