// Writes and checks the checksums of a converted model.

import { createHash } from "node:crypto";
import {
  type FileDigest,
  invalidModel,
  type Manifest,
  MANIFEST_FILE,
  MANIFEST_FORMAT,
  MANIFEST_VERSION,
  readManifest,
} from "../model/manifest.ts";

const READ_BYTES = 4 * 1024 * 1024;

/** Writes a manifest of the files that a folder holds. */
export async function writeManifest(
  folder: string,
  about: Pick<Manifest, "precision" | "storage" | "sources" | "losses">,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Manifest> {
  const files: Record<string, FileDigest> = {};
  for (const name of names.toSorted()) files[name] = await digestFile(`${folder}/${name}`, signal);
  const manifest: Manifest = { format: MANIFEST_FORMAT, version: MANIFEST_VERSION, ...about, files };
  await Deno.writeTextFile(`${folder}/${MANIFEST_FILE}`, `${JSON.stringify(manifest, null, 1)}\n`);
  return manifest;
}

/**
 * Reads every file of a converted model and compares it with the manifest.
 * @throws Failure "model-invalid" naming the file that differs
 */
export async function verifyManifest(folder: string, signal?: AbortSignal): Promise<Manifest> {
  const manifest = await readManifest(folder);
  if (manifest === null) throw invalidModel(folder, `it has no ${MANIFEST_FILE}`);
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    if ((await digestFile(`${folder}/${name}`, signal)).sha256 !== sha256) {
      throw invalidModel(folder, `${name} has changed since it was written. Convert the model again`);
    }
  }
  return manifest;
}

async function digestFile(path: string, signal?: AbortSignal): Promise<FileDigest> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const bytes = new Uint8Array(READ_BYTES);
  let byteLength = 0;
  for (let count = await file.read(bytes); count !== null; count = await file.read(bytes)) {
    signal?.throwIfAborted();
    hash.update(bytes.subarray(0, count));
    byteLength += count;
  }
  return { byteLength, sha256: hash.digest("hex") };
}
