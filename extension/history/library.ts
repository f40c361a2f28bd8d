// The kept conversations, one file each. Windows share the folder; which of them may write a conversation is
// leases.ts's matter. A file that cannot be read is told of and left as it is.

import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../protocol/errors.ts";
import { fromFileText, isConversationId, type KeptConversation, toFileText } from "./kept_conversation.ts";

const ENDING = ".json";

/** Larger files were not written by any chat: a long one has some hundred kilobytes. */
export const MAX_FILE_BYTES = 64 * 2 ** 20;

/** A file that is being written is renamed within seconds; one of this age was left behind by a crash. */
const DRAFT_LIFE_MS = 24 * 60 * 60 * 1000;

const READ_AT_ONCE = 8;

/** Everything there is. */
export interface LibraryList {
  readonly conversations: readonly KeptConversation[];
  /** Files that could not be read. */
  readonly damaged: readonly string[];
}

/** The conversations in a folder. */
export class Library {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** All conversations, the one changed last first. */
  async list(): Promise<LibraryList> {
    const conversations: KeptConversation[] = [];
    const damaged: string[] = [];
    const waiting = [...await this.ids()];
    const readOn = async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const kept = await this.#read(id).catch(() => null);
        if (kept === undefined) continue; // Deleted meanwhile.
        if (kept === null) damaged.push(this.pathOf(id));
        else conversations.push(kept);
      }
    };
    await Promise.all(Array.from({ length: READ_AT_ONCE }, readOn));
    conversations.sort((a, b) => b.changedMs - a.changedMs);
    return { conversations, damaged: damaged.sort() };
  }

  /** The ids of all files, readable or not. */
  async ids(): Promise<readonly string[]> {
    const names = await this.#names();
    return names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length))
      .filter(isConversationId);
  }

  /** @throws Failure "chat-missing" or "chat-damaged" */
  async read(id: string): Promise<KeptConversation> {
    const kept = isConversationId(id) ? await this.#read(id).catch(() => null) : undefined;
    if (kept === undefined) throw new Failure("chat-missing", "Cannot open this chat: it was deleted.");
    if (kept !== null) return kept;
    const path = this.pathOf(id);
    throw new Failure(
      "chat-damaged",
      `Cannot open this chat: its file "${path}" is damaged, or a newer version of Sightline wrote it. ` +
        "The file is left as it is.",
      { subject: path },
    );
  }

  /** Writes a conversation; whatever happens meanwhile, the file holds the old state or the new one. */
  async write(kept: KeptConversation): Promise<void> {
    const path = this.pathOf(kept.id);
    const draft = `${path}.${randomUUID()}.part`;
    await mkdir(this.folder, { recursive: true });
    try {
      // What people ask is nobody else's business.
      await writeFile(draft, toFileText(kept), { mode: 0o600, flush: true });
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  /** Removes what crashes have left half-written. */
  async removeDrafts(nowMs = Date.now()): Promise<void> {
    for (const name of await this.#names()) {
      if (!name.endsWith(".part")) continue;
      const path = join(this.folder, name);
      const writtenMs = (await stat(path).catch(() => null))?.mtimeMs ?? nowMs;
      if (nowMs - writtenMs > DRAFT_LIFE_MS) await rm(path, { force: true });
    }
  }

  /** Where a conversation's file is. */
  pathOf(id: string): string {
    if (!isConversationId(id)) throw new RangeError(`"${id}" names no conversation`);
    return join(this.folder, id + ENDING);
  }

  async #names(): Promise<readonly string[]> {
    return await readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return []; // Nothing was ever kept.
      throw error;
    });
  }

  /** @returns undefined when there is no such file, null when it cannot be understood */
  async #read(id: string): Promise<KeptConversation | null | undefined> {
    try {
      const path = this.pathOf(id);
      const status = await stat(path);
      if (!status.isFile() || status.size > MAX_FILE_BYTES) return null;
      return fromFileText(id, await readFile(path, "utf8"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
