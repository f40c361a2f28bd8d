// The folders of one editor: fresh, in the system's temporary folder, gone afterwards.

import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { EditorOptions } from "./editor.ts";
import { userSettings } from "./settings.ts";

export interface Profile {
  /** Everything below is in here, except a workspace that is opened in place. */
  readonly root: string;
  readonly userDataFolder: string;
  readonly extensionsFolder: string;
  readonly workspaceFolder: string;
  /** For sockets and temporary files of the editor. */
  readonly temporaryFolder: string;
  dispose(): Promise<void>;
}

/**
 * Makes the folders, writes the user settings and copies the workspace.
 * @throws Error when the workspace to copy is not there
 */
export async function createProfile(options: Omit<EditorOptions, "vsix">): Promise<Profile> {
  // Short names, because a Unix socket's path has at most about a hundred characters.
  const root = realpathSync(mkdtempSync(join(tmpdir(), "sl-")));
  const remove = () => rmSync(root, { recursive: true, force: true });
  process.once("exit", remove);
  const userDataFolder = join(root, "user");
  const extensionsFolder = join(root, "ext");
  const temporaryFolder = join(root, "tmp");
  await mkdir(join(userDataFolder, "User"), { recursive: true });
  await mkdir(extensionsFolder);
  await mkdir(temporaryFolder);
  const settings = userSettings(options.theme ?? "dark", options.settings ?? {});
  await writeFile(join(userDataFolder, "User", "settings.json"), JSON.stringify(settings, null, 2));
  return {
    root,
    userDataFolder,
    extensionsFolder,
    temporaryFolder,
    workspaceFolder: prepareWorkspace(options.workspace, root),
    dispose: async () => {
      process.off("exit", remove);
      await rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

function prepareWorkspace(workspace: EditorOptions["workspace"], root: string): string {
  if ("folder" in workspace) return resolve(workspace.folder);
  const source = resolve(workspace.copyOf);
  // The folder's name shows in the window, so the copy keeps it.
  const copy = join(root, "work", basename(source));
  cpSync(source, copy, { recursive: true });
  return copy;
}
