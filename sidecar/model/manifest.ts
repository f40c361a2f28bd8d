// What a converted model's folder says of itself: what it was made of, and the checksum of each of its files.

import { Failure } from "../../protocol/errors.ts";
import type { Precision } from "../../protocol/conversation.ts";
import type { Loss } from "./weight_writer.ts";

export const MANIFEST_FILE = "manifest.json";
/** The form of the folder. */
export const MANIFEST_FORMAT = "sightline-model";
export const MANIFEST_VERSION = 1;
const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;

/** Size and checksum of a file. */
export interface FileDigest {
  readonly byteLength: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** The contents of manifest.json. */
export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly version: typeof MANIFEST_VERSION;
  /** Nearest of the engine's precisions to how the decoder's matrices are stored. */
  readonly precision: Precision;
  /** How the decoder's matrices are stored, in words. */
  readonly storage: string;
  /** Names of the files it was made of. */
  readonly sources: readonly string[];
  /** What was lost on the way, by tensor; empty where every value was kept. */
  readonly losses: readonly Loss[];
  readonly files: Readonly<Record<string, FileDigest>>;
}

/**
 * Reads the manifest of a converted model; null where there is none.
 * @throws Failure "model-invalid" when it is damaged, or a file that it lists is missing or has another size
 */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const path = `${folder}/${MANIFEST_FILE}`;
  const info = await Deno.stat(path).catch(() => null);
  if (info === null) return null;
  let manifest: unknown = null;
  try {
    if (info.size <= MAX_MANIFEST_BYTES) manifest = JSON.parse(await Deno.readTextFile(path));
  } catch {
    // Told below.
  }
  if (!isManifest(manifest)) {
    throw invalidModel(
      folder,
      `its ${MANIFEST_FILE} was not written by this version of Sightline. Convert the model again`,
    );
  }
  for (const [name, { byteLength }] of Object.entries(manifest.files)) {
    const size = (await Deno.stat(`${folder}/${name}`).catch(() => null))?.size;
    if (size === undefined) throw invalidModel(folder, `${name} is missing`);
    if (size !== byteLength) {
      throw invalidModel(folder, `${name} has ${size} bytes and should have ${byteLength}`);
    }
  }
  return manifest;
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== "object" || value === null) return false;
  const { format, version, precision, storage, sources, losses, files } = value as Record<string, unknown>;
  return format === MANIFEST_FORMAT && version === MANIFEST_VERSION &&
    ["fp32", "int8", "int4"].includes(precision as string) && typeof storage === "string" &&
    Array.isArray(sources) && Array.isArray(losses) &&
    typeof files === "object" && files !== null && Object.entries(files).every(isFileEntry);
}

/** Names are of files in the folder itself: a manifest must not lead out of it. */
function isFileEntry([name, digest]: [string, unknown]): boolean {
  if (/[/\\]|^\.\.?$/.test(name) || typeof digest !== "object" || digest === null) return false;
  const { byteLength, sha256 } = digest as Record<string, unknown>;
  return typeof byteLength === "number" && typeof sha256 === "string";
}

/** A model that cannot be used, and why. */
export function invalidModel(folder: string, reason: string): Failure {
  return new Failure("model-invalid", `Cannot use the model in "${folder}": ${reason}.`, { subject: folder });
}
