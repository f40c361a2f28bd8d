// Weights files on disk: a converted model has its own; that of a checkpoint is written once, then found again. What
// stands in a model's folder is always whole. The graphs are made each time, in milliseconds.

import { Failure } from "../../protocol/errors.ts";
import type { Precision } from "../../protocol/conversation.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import { buildGraphs, type Graphs, packWeights, weightFormat } from "./build.ts";
import { digest, fingerprint } from "./fingerprint.ts";
import type { GraphStyle } from "./graph_style.ts";
import { PackedWeights, WEIGHTS_FILE } from "./packed_weights.ts";

/** Raised whenever the same checkpoint gives another weights file than before. */
const BUILD_VERSION = 4;
const DRAFT_SUFFIX = ".part";
/** A draft that nothing was written to for this long was left behind by a process that was killed. */
const DRAFT_LIFE_MS = 60 * 60 * 1000;

/** Graphs, and the folder that their weights are relative to. */
export interface BuiltModel extends Graphs {
  readonly weightsFolder: string;
}

/**
 * The graphs of a model. The weights file of a checkpoint is written first where it is missing or the checkpoint has
 * changed.
 * @param cacheFolder where the weights files of checkpoints are kept; every one in a folder of its own
 * @throws Failure "model-…" or "storage-failed"; the signal's reason when it aborts
 */
export async function openBuiltModel(
  folder: string,
  config: ModelConfig,
  precision: Precision,
  cacheFolder: string,
  style: GraphStyle,
  signal?: AbortSignal,
): Promise<BuiltModel> {
  const weights = await PackedWeights.open(folder) ??
    await openCached(folder, config, precision, cacheFolder, signal);
  return { ...buildGraphs(weights, config, style), weightsFolder: weights.folder };
}

async function openCached(
  folder: string,
  config: ModelConfig,
  precision: Precision,
  cacheFolder: string,
  signal?: AbortSignal,
): Promise<PackedWeights> {
  const family = `${await digest(folder)}-${precision}`;
  const target = `${cacheFolder}/${family}-${await fingerprint(folder, BUILD_VERSION)}`;
  try {
    const built = await readBuilt(target);
    if (built !== null) return built;
    await removeDrafts(cacheFolder);
    await buildInto(target, (draft) => packWeights(folder, config, weightFormat(precision), draft, signal));
    await removeOutdated(cacheFolder, family, target);
    const fresh = await readBuilt(target);
    if (fresh === null) throw new Error(`the built model vanished from "${target}"`);
    return fresh;
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new Failure(
      "storage-failed",
      `Cannot prepare the model in "${folder}": writing to "${cacheFolder}" failed (${cause.message}). ` +
        `Free some disk space or choose another storage folder.`,
      { subject: cacheFolder, cause },
    );
  }
}

/** Builds apart, so that what stands in the target is always whole. */
async function buildInto(target: string, build: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${target}.${crypto.randomUUID()}${DRAFT_SUFFIX}`;
  try {
    await Deno.mkdir(draft, { recursive: true });
    await build(draft);
    await Deno.rename(draft, target).catch(async (cause: unknown) => {
      // Another window may have built the same model meanwhile: the first to finish wins.
      if (await readBuilt(target) !== null) return;
      if (!isSystemError(cause)) throw cause;
      // What stands there is damaged.
      await Deno.remove(target, { recursive: true });
      await Deno.rename(draft, target);
    });
  } finally {
    await Deno.remove(draft, { recursive: true }).catch(() => {}); // Gone already when it was renamed.
  }
}

/** The weights of a folder that has been built whole; null where there are none. */
async function readBuilt(target: string): Promise<PackedWeights | null> {
  try {
    return await PackedWeights.open(target);
  } catch (error) {
    if (error instanceof Failure) return null; // Damaged: it is built again.
    throw error;
  }
}

/** Frees the disk space of what was built from earlier versions of the same checkpoint. */
async function removeOutdated(cacheFolder: string, family: string, target: string): Promise<void> {
  for await (const { name } of Deno.readDir(cacheFolder)) {
    const path = `${cacheFolder}/${name}`;
    if (!name.startsWith(family) || path === target || name.endsWith(DRAFT_SUFFIX)) continue;
    // On Windows the files may be in use by another window; they go the next time.
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

/** Frees the disk space of drafts that were left behind. */
async function removeDrafts(cacheFolder: string): Promise<void> {
  await Deno.mkdir(cacheFolder, { recursive: true });
  for await (const { name } of Deno.readDir(cacheFolder)) {
    if (!name.endsWith(DRAFT_SUFFIX)) continue;
    const path = `${cacheFolder}/${name}`;
    const { mtime } = await Deno.lstat(`${path}/${WEIGHTS_FILE}`).catch(() => Deno.lstat(path));
    if (Date.now() - (mtime?.getTime() ?? 0) < DRAFT_LIFE_MS) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

/** Whether the operating system refused something. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
