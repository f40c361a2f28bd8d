// Opens an editor for a person to use, instead of driving it.

import { once } from "node:events";
import { installIntoCodeServer, startCodeServer } from "./code_server.ts";
import { installDesktop, installIntoDesktop, spawnDesktop } from "./desktop.ts";
import type { EditorOptions, HostName } from "./editor.ts";
import { installCodeServer } from "./install_code_server.ts";
import { endTree } from "./process_tree.ts";
import { createProfile, type Profile } from "./profile.ts";

/** An editor that a person uses. */
export interface PersonsEditor {
  /** What to open in a browser; undefined for a window of its own. */
  readonly address: string | undefined;
  /** Settles when the editor has ended by itself. */
  readonly ended: Promise<void>;
  /** Ends the editor and deletes the folders made for it. */
  dispose(): Promise<void>;
}

/**
 * Opens an editor with the extension installed.
 * @throws Error when a part cannot be installed or started; nothing is left behind
 */
export async function openForPerson(host: HostName, options: EditorOptions): Promise<PersonsEditor> {
  const profile = await createProfile(options);
  try {
    const { address, ended, stop } = host === "desktop"
      ? await openDesktop(profile, options.vsix)
      : await openCodeServer(profile, options.vsix);
    return {
      address,
      ended,
      dispose: async () => {
        await stop();
        await profile.dispose();
      },
    };
  } catch (error) {
    await profile.dispose();
    throw error;
  }
}

async function openCodeServer(profile: Profile, vsix: string) {
  const program = await installCodeServer();
  await installIntoCodeServer(program, profile, vsix);
  return await startCodeServer(program, profile);
}

async function openDesktop(profile: Profile, vsix: string) {
  const program = await installDesktop();
  await installIntoDesktop(program, profile, vsix);
  const child = spawnDesktop(program, profile);
  const ended = once(child, "exit").then(() => {});
  const { pid } = child;
  return {
    address: undefined,
    ended,
    stop: async () => {
      if (pid !== undefined) await endTree(pid);
    },
  };
}
