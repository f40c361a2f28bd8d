// Brings a file that VS Code names by an address into the picture store, also one that is not on this machine.

import { basename } from "node:path/posix";
import { FileSystemError, FileType, Uri, workspace } from "vscode";
import { displayName } from "../host/display_name.ts";
import { MAX_PICTURE_BYTES, type PictureStore } from "../host/picture_store.ts";
import type { PictureRef } from "../protocol/conversation.ts";
import { Failure, type FailureKind } from "../protocol/errors.ts";

/** Addresses whose contents a page of VS Code can have but an extension must not fetch. */
const REMOTE_SCHEMES = ["http", "https", "ftp", "data", "blob", "javascript"];

/**
 * Stores the picture at an address.
 * @throws Failure "picture-…" or "storage-failed" naming the file and the reason
 */
export async function storePictureAt(uri: Uri, store: PictureStore): Promise<PictureRef> {
  if (uri.scheme === "file") return await store.addFile(uri.fsPath);
  const name = nameAt(uri);
  return await store.addBytes(await readAt(uri, name), name);
}

/**
 * The bytes at an address.
 * @throws Failure "picture-…" naming the file and the reason
 */
export async function readAt(uri: Uri, name: string): Promise<Uint8Array> {
  if (REMOTE_SCHEMES.includes(uri.scheme)) {
    throw refuse(
      "picture-unreadable",
      name,
      "Sightline fetches nothing from the web. Save the picture first",
    );
  }
  return await read(uri, name);
}

/** The name to show for the file at an address. */
export function nameAt(uri: Uri): string {
  return displayName(basename(uri.path) || uri.path);
}

/**
 * The address that a drop names.
 * @throws Failure "picture-missing" when it is none
 */
export function parseAddress(address: string): Uri {
  try {
    return Uri.parse(address, true);
  } catch (cause) {
    throw refuse(
      "picture-missing",
      displayName(address),
      "what was dropped is not the address of a file",
      cause,
    );
  }
}

async function read(uri: Uri, name: string): Promise<Uint8Array> {
  try {
    const { type, size } = await workspace.fs.stat(uri);
    if ((type & FileType.Directory) !== 0) {
      throw refuse("picture-is-folder", name, "it is a folder; choose the picture files in it");
    }
    if (size > MAX_PICTURE_BYTES) {
      const limit = MAX_PICTURE_BYTES / 2 ** 20;
      throw refuse(
        "picture-too-large",
        name,
        `the file has ${Math.ceil(size / 2 ** 20)} MB, and the limit is ${limit} MB. Save it smaller`,
      );
    }
    return await workspace.fs.readFile(uri);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw refuse(...reasonOf(cause, name), cause);
  }
}

function reasonOf(cause: unknown, name: string): [FailureKind, string, string] {
  const code = cause instanceof FileSystemError ? cause.code : "";
  switch (code) {
    case FileSystemError.FileNotFound.name:
      return ["picture-missing", name, "there is no such file"];
    case FileSystemError.FileIsADirectory.name:
      return ["picture-is-folder", name, "it is a folder; choose the picture files in it"];
    case FileSystemError.NoPermissions.name:
      return ["picture-unreadable", name, "you have no permission to read the file"];
    default:
      return ["picture-unreadable", name, `the file cannot be read (${code || String(cause)})`];
  }
}

function refuse(kind: FailureKind, name: string, reason: string, cause?: unknown): Failure {
  return new Failure(kind, `Cannot use picture "${name}": ${reason}.`, { subject: name, cause });
}
