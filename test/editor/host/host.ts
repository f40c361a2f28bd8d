// Chooses the VS Code that can be had here and opens it with the packaged extension installed.

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { env } from "node:process";
import type { Page } from "playwright-core";
import { browserObstacle, launchBrowser, openContext } from "./browser.ts";
import { browserClipboard, desktopClipboard } from "./clipboard.ts";
import { installIntoCodeServer, startCodeServer } from "./code_server.ts";
import { desktopObstacle, installDesktop, installIntoDesktop, launchDesktop } from "./desktop.ts";
import { recordConsole } from "./console.ts";
import type { Clipboard, ConsoleRecord, Editor, EditorOptions, HostName } from "./editor.ts";
import { eventually, PATIENCE_MS } from "./eventually.ts";
import { saveFailure } from "./failure.ts";
import { codeServerObstacle, installCodeServer } from "./install_code_server.ts";
import { readLogs } from "./logs.ts";
import { descendantsOf, endTree } from "./process_tree.ts";
import { createProfile, type Profile } from "./profile.ts";
import { report } from "./progress.ts";

/** Starting a workbench for the first time is the slowest thing there is. */
const START_MS = 2 * PATIENCE_MS;

/**
 * The host to use: SIGHTLINE_EDITOR_HOST, else desktop VS Code where it can be had, else code-server.
 * @param viewer who looks at the editor: a test needs a browser for code-server, a person brings one
 * @throws Error with the reason for each host when there is none
 */
export async function chooseHost(viewer: "test" | "person"): Promise<HostName> {
  const wanted = env["SIGHTLINE_EDITOR_HOST"] || undefined;
  if (wanted !== undefined && wanted !== "desktop" && wanted !== "code-server") {
    throw new Error(`SIGHTLINE_EDITOR_HOST is "${wanted}"; it may be "desktop" or "code-server"`);
  }
  const noDesktop = wanted === "code-server"
    ? "SIGHTLINE_EDITOR_HOST asks for code-server"
    : await desktopObstacle();
  if (noDesktop === undefined) {
    report("host: desktop VS Code");
    return "desktop";
  }
  const noCodeServer = wanted === "desktop"
    ? "SIGHTLINE_EDITOR_HOST asks for desktop VS Code"
    : codeServerObstacle() ?? (viewer === "test" ? browserObstacle() : undefined);
  if (noCodeServer === undefined) {
    report(`host: code-server (not desktop VS Code: ${noDesktop})`);
    return "code-server";
  }
  throw new Error(
    `No VS Code to run the extension in.\n  Desktop VS Code: ${noDesktop}.\n  code-server: ${noCodeServer}.`,
  );
}

/**
 * Opens an editor on fresh folders, ready for use: the workbench is drawn and its extension host runs.
 * @throws Error when a part cannot be installed or started; nothing is left behind
 */
export async function openEditor(host: HostName, options: EditorOptions): Promise<Editor> {
  const profile = await createProfile(options);
  const closers: (() => Promise<void>)[] = [profile.dispose];
  const dispose = async () => {
    // Last opened, first closed.
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const window = host === "desktop"
      ? await openDesktop(profile, options.vsix, closers)
      : await openCodeServer(profile, options.vsix, closers);
    const editor = describe(host, profile, window, dispose);
    await waitUntilReady(editor).catch(async (error: unknown) => {
      await saveFailure(editor, "not_ready");
      throw error;
    });
    return editor;
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface Window {
  readonly page: Page;
  readonly clipboard: Clipboard;
  readonly consoleRecords: readonly ConsoleRecord[];
  /** The process whose end is the editor's end. */
  readonly rootPid: number;
}

async function openCodeServer(
  profile: Profile,
  vsix: string,
  closers: (() => Promise<void>)[],
): Promise<Window> {
  const program = await installCodeServer();
  await installIntoCodeServer(program, profile, vsix);
  const server = await startCodeServer(program, profile);
  closers.push(server.stop);
  const browser = await launchBrowser();
  closers.push(() => browser.close());
  const page = await (await openContext(browser, server.address)).newPage();
  const consoleRecords = recordConsole(page);
  await page.goto(server.address);
  return { page, consoleRecords, clipboard: browserClipboard(page), rootPid: server.pid };
}

async function openDesktop(
  profile: Profile,
  vsix: string,
  closers: (() => Promise<void>)[],
): Promise<Window> {
  const program = await installDesktop();
  await installIntoDesktop(program, profile, vsix);
  const app = await launchDesktop(program, profile);
  const rootPid = app.process().pid;
  if (rootPid === undefined) throw new Error("VS Code ended while it was starting");
  // Not app.close(): a dialog of VS Code's, such as one about unsaved files, would hold it up.
  closers.push(() => endTree(rootPid));
  const page = await app.firstWindow();
  return { page, consoleRecords: recordConsole(page), clipboard: desktopClipboard(app), rootPid };
}

function describe(
  host: HostName,
  { userDataFolder, extensionsFolder, workspaceFolder }: Profile,
  { page, clipboard, consoleRecords, rootPid }: Window,
  dispose: () => Promise<void>,
): Editor {
  page.setDefaultTimeout(PATIENCE_MS);
  return {
    host,
    page,
    clipboard,
    consoleRecords,
    userDataFolder,
    extensionsFolder,
    workspaceFolder,
    processes: () => descendantsOf(rootPid),
    readLogs: (fileName) => readLogs(userDataFolder, fileName),
    screenshot: async (path) => {
      await mkdir(dirname(path), { recursive: true });
      await page.screenshot({ path });
    },
    dispose,
  };
}

async function waitUntilReady(editor: Editor): Promise<void> {
  await editor.page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: START_MS });
  await eventually(
    "VS Code's extension host to start",
    () =>
      /Eager extensions activated/.test(
        editor.readLogs("remoteexthost.log") + editor.readLogs("exthost.log"),
      ),
    START_MS,
  );
}
