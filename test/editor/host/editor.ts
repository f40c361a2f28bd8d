// What a scenario sees of a running VS Code, the same for every host.

import type { Page } from "playwright-core";
import type { ProcessRecord } from "./process_tree.ts";

export type HostName = "desktop" | "code-server";

export type Theme = "dark" | "light" | "high-contrast" | "high-contrast-light";

/** The folder to open: a fresh copy, or the folder itself. */
export type Workspace = { readonly copyOf: string } | { readonly folder: string };

export interface EditorOptions {
  /** The packaged extension to install. */
  readonly vsix: string;
  readonly workspace: Workspace;
  /** Dark unless chosen. */
  readonly theme?: Theme;
  /** User settings beside those that keep the editor quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** The clipboard that keys pressed in the editor use. */
export interface Clipboard {
  readText(): Promise<string>;
  writeText(text: string): Promise<void>;
  /** Puts a picture, given as the bytes of a PNG file, on the clipboard. */
  writePng(bytes: Uint8Array): Promise<void>;
}

/** Something that a page of the editor wrote to its console, or an error that nothing caught. */
export interface ConsoleRecord {
  /** As browsers name it ("error", "warning", "log"), or "uncaught". */
  readonly level: string;
  readonly text: string;
  /** Address of the script that wrote it. */
  readonly source: string;
}

/** A running VS Code with the extension installed and a folder open. */
export interface Editor {
  readonly host: HostName;
  /** The workbench: a browser's page, or the window of the desktop program. */
  readonly page: Page;
  readonly workspaceFolder: string;
  readonly userDataFolder: string;
  readonly extensionsFolder: string;
  readonly clipboard: Clipboard;
  /** What the window and every page in it wrote to the console so far. */
  readonly consoleRecords: readonly ConsoleRecord[];
  /** Every process below the editor: extension hosts, language servers, the sidecar. */
  processes(): readonly ProcessRecord[];
  /** The text of every log file whose name is `fileName`, the oldest window's first; "" when there is none. */
  readLogs(fileName: string): string;
  /** Draws the window into a PNG file, making its folder. */
  screenshot(path: string): Promise<void>;
  /** Closes the window, ends every process and deletes the folders made for this editor. */
  dispose(): Promise<void>;
}
