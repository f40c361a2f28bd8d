// The panel's page in a real browser, under the policy that the extension gives it, with this test as its extension.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page, Route } from "playwright-core";
import { chatHtml } from "../../../extension/chat_html.ts";
import type { Draft, FromPanel, PanelState, ToPanel } from "../../../protocol/panel.ts";
import { repositoryFolder } from "../../editor/host/places.ts";
import { panel } from "../panel_states.ts";

export const ORIGIN = "https://panel.test";

/** A file that the page may load, beside its own. */
export interface ServedFile {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** The page, and the extension's end of the line. */
export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings on its console, refusals of its policy among them, and requests to elsewhere. */
  readonly complaints: readonly string[];
  /** Sends messages and waits until the page has drawn them. */
  send(...messages: readonly ToPanel[]): Promise<void>;
  /** What the page has sent since the last call, save that it is there and what is being written. */
  posted(): Promise<readonly FromPanel[]>;
  /** The question that is being written, as the page has told it last. */
  draft(): Promise<Draft | undefined>;
}

/**
 * Opens the page in a window as narrow as a side bar, and shows it a state.
 * @param files by name
 */
export async function openPage(
  browser: Browser,
  state: Partial<PanelState> = {},
  files: Readonly<Record<string, ServedFile>> = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 320, height: 600 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.route("**/*", async (route) => {
    const url = new URL(route.request().url());
    const file = url.origin === ORIGIN ? url.pathname.slice(1) : "elsewhere";
    if (file === "") return await route.fulfill({ contentType: "text/html", body: frame() });
    if (/^[\w-]+\.(?:js|css|woff2)$/.test(file)) {
      return await route.fulfill({ path: join(repositoryFolder, "dist", "webview", file) });
    }
    const served = files[file];
    if (served !== undefined) return await serve(route, served);
    complaints.push(`requested ${url.href}`);
    await route.abort();
  });
  await page.addInitScript(playExtension);
  await page.goto(ORIGIN);
  const drafts: Draft[] = [];
  const opened: OpenPage = { page, complaints, send, posted, draft };
  await send({ kind: "init", state: panel(state), texts: {} });
  return opened;

  async function send(...messages: readonly ToPanel[]): Promise<void> {
    await page.evaluate(async (messages) => {
      for (const message of messages) dispatchEvent(new MessageEvent("message", { data: message }));
      // One frame to apply them and one to draw what follows from it.
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    }, messages);
  }

  async function posted(): Promise<readonly FromPanel[]> {
    const posted = await page.evaluate("take()") as readonly FromPanel[];
    drafts.push(...posted.flatMap((message) => message.kind === "draft" ? [message.draft] : []));
    return posted.filter(({ kind }) => kind !== "ready" && kind !== "draft");
  }

  async function draft(): Promise<Draft | undefined> {
    assert.deepEqual(await posted(), [], "nothing but drafts is expected");
    return drafts.at(-1);
  }
}

/** Gives a file, or the part of it that is asked for, as VS Code does. */
async function serve(route: Route, { contentType, bytes }: ServedFile): Promise<void> {
  const [, from, to] = /^bytes=(\d+)-(\d+)?$/.exec(route.request().headers()["range"] ?? "") ?? [];
  if (from === undefined) return await route.fulfill({ contentType, body: Buffer.from(bytes) });
  const start = Number(from);
  const end = to === undefined ? bytes.length : Number(to) + 1;
  await route.fulfill({
    status: 206,
    contentType,
    headers: { "accept-ranges": "bytes", "content-range": `bytes ${start}-${end - 1}/${bytes.length}` },
    body: Buffer.from(bytes.subarray(start, end)),
  });
}

function frame(): string {
  return chatHtml({
    script: `${ORIGIN}/main.js`,
    style: `${ORIGIN}/style.css`,
    cspSource: ORIGIN,
    nonce: "once",
    language: "en",
    title: "Panel",
  });
}

/** Runs in the page before its own script. */
function playExtension(): void {
  const posted: unknown[] = [];
  const kept: unknown[] = [];
  Object.assign(globalThis, {
    take: () => posted.splice(0),
    kept,
    acquireVsCodeApi: () => ({
      // Bytes do not come through to the test by themselves.
      postMessage: (message: object) =>
        posted.push("bytes" in message ? { ...message, bytes: [...message.bytes as Uint8Array] } : message),
      setState: (state: unknown) => kept.push(state),
    }),
  });
}
