// Converts a model to a folder that the engine opens as it is: settings, tokenizer, one weights file, and a manifest.
// Everything is written to a folder beside the target, which gets the target's name when it is complete.

import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { Failure } from "../../protocol/errors.ts";
import type { Precision } from "../../protocol/conversation.ts";
import { readModelConfig } from "../checkpoint/config.ts";
import { WeightsFile } from "../graph/weights_file.ts";
import { planWeights } from "../model/build.ts";
import { isSystemError } from "../model/build_cache.ts";
import type { Manifest } from "../model/manifest.ts";
import { WEIGHTS_FILE, WEIGHTS_TABLE, writeTable } from "../model/packed_weights.ts";
import { Quantizers } from "../model/quantizers.ts";
import { pieceEnd, sourceByteLength, type WeightFormat, type WeightPlan } from "../model/weight_plan.ts";
import { type Loss, writePiece } from "../model/weight_writer.ts";
import { ChatTemplate } from "../text/chat_template.ts";
import { Tokenizer } from "../text/tokenizer.ts";
import { writeManifest } from "./checksums.ts";
import { Journal, type JournalEntry } from "./journal.ts";
import { openSource, type Source } from "./source.ts";
import { describeStorage, nearestPrecision } from "./storage.ts";
import { requireFree, requireRoom } from "./target.ts";

/** Raised whenever the same source gives another folder than before. */
const CONVERTER_VERSION = 2;
/** How much is written between two entries in the journal: what a conversion that is killed does twice. */
const SYNC_BYTES = 64 * 1024 * 1024;

/** What is being done. */
export interface ConvertProgress {
  readonly phase: "weights" | "checksums";
  /** Bytes of the source that are done, of all. */
  readonly done: number;
  readonly total: number;
}

/** What to convert and how. */
export interface ConvertRequest {
  /** A folder, or a GGUF language model and its mmproj file. */
  readonly sources: readonly string[];
  /** A folder that does not exist yet, or is empty. */
  readonly target: string;
  /** How to store the decoder's matrices; chosen by the kind of source. */
  readonly format: (kind: Source["kind"]) => WeightFormat;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ConvertProgress) => void;
}

/**
 * Converts a model. When it ends in any other way than by the end of the process, nothing but a finished target remains;
 * when the process is killed, calling it again goes on where it was.
 * @throws Failure "model-…" or "storage-failed"; the signal's reason when it aborts
 */
export async function convertModel(request: ConvertRequest): Promise<Manifest> {
  const target = resolve(request.target);
  await requireFree(target);
  const source = await openSource(request.sources);
  const format = request.format(source.kind);
  const part = `${target}.part`;
  const journal = await Journal.open(part, await identify(source, format));
  try {
    const manifest = await fill(part, journal, source, format, request);
    await journal.remove();
    await Deno.remove(target).catch(() => {}); // An empty folder, if there is one.
    await Deno.rename(part, target);
    return manifest;
  } catch (cause) {
    journal[Symbol.dispose](); // Windows keeps files that are open.
    await Deno.remove(part, { recursive: true }).catch(() => {});
    if (cause instanceof Failure || request.signal?.aborted) throw cause;
    if (!isSystemError(cause)) throw cause;
    throw new Failure(
      "storage-failed",
      `Cannot write to "${part}" (${
        (cause as Error).message
      }). Free some disk space or choose another folder.`,
      { subject: part, cause },
    );
  }
}

async function fill(
  part: string,
  journal: Journal,
  source: Source,
  format: WeightFormat,
  request: ConvertRequest,
): Promise<Manifest> {
  const { signal, onProgress } = request;
  for (const [name, text] of Object.entries(source.settings)) {
    await Deno.writeTextFile(`${part}/${name}`, text);
  }
  const config = await requireUsable(part, source);
  const plan = planWeights(source.checkpoint, config, format);
  source.requireAllUsed();
  const written = (await Deno.stat(`${part}/${WEIGHTS_FILE}`).catch(() => null))?.size ?? 0;
  await requireRoom(part, plan.byteLength - written);
  const losses = await writeWeights(part, journal, plan, request, written);
  await Deno.writeTextFile(`${part}/${WEIGHTS_TABLE}`, writeTable(plan, source.checkpoint.parameterCount));
  onProgress?.({ phase: "checksums", done: 0, total: plan.byteLength });
  return await writeManifest(
    part,
    {
      precision: nearestPrecision(plan) satisfies Precision,
      storage: describeStorage(plan),
      sources: source.paths.map((path) => path.slice(dirname(path).length + 1)),
      losses,
    },
    [...Object.keys(source.settings), WEIGHTS_FILE, WEIGHTS_TABLE],
    signal,
  );
}

/** Makes sure before anything long begins that the settings are those of a model the engine can run. */
async function requireUsable(part: string, source: Source) {
  const about = (cause: unknown) => {
    // The message names the folder that is being written; people know the source.
    if (!(cause instanceof Failure)) throw cause;
    throw new Failure(cause.kind, cause.message.replaceAll(part, source.name), {
      subject: source.name,
      cause,
    });
  };
  const config = await readModelConfig(part).catch(about) as Awaited<ReturnType<typeof readModelConfig>>;
  const tokenizerConfig = JSON.parse(source.settings["tokenizer_config.json"] as string) as object;
  const tokenizer = await Tokenizer.open(part, tokenizerConfig).catch(about) as Tokenizer;
  await ChatTemplate.open(part, tokenizerConfig).catch(about);
  const missing = Object.values(config.markers).find((text) => tokenizer.tokenId(text) === undefined);
  if (missing === undefined) return config;
  throw new Failure(
    "model-invalid",
    `Cannot use "${source.name}": its tokenizer has no token "${missing}".`,
    {
      subject: source.name,
    },
  );
}

/** Writes what is not finished yet; `there` is how long the file is already. */
async function writeWeights(
  part: string,
  journal: Journal,
  plan: WeightPlan,
  { signal, onProgress }: Pick<ConvertRequest, "signal" | "onProgress">,
  there: number,
): Promise<Loss[]> {
  using quantizers = new Quantizers();
  using file = await WeightsFile.open(`${part}/${WEIGHTS_FILE}`);
  const total = plan.sourceByteLength;
  const losses: Loss[] = [];
  let done = 0;
  let syncedAt = 0;
  let unsynced: JournalEntry[] = [];
  const onRead = (byteLength: number) => onProgress?.({ phase: "weights", done: done += byteLength, total });
  const sync = async () => {
    await file.flush();
    await journal.add(unsynced);
    [unsynced, syncedAt] = [[], done];
  };
  for (const piece of plan.pieces) {
    signal?.throwIfAborted();
    const finished = pieceEnd(piece) <= there ? journal.finished.get(piece.key) : undefined;
    const loss = finished === undefined
      ? await writePiece(piece, file, { quantizers, signal, onRead })
      : finished.loss;
    if (loss !== null) losses.push(loss);
    if (finished === undefined) unsynced.push({ key: piece.key, loss });
    else onRead(sourceByteLength(piece));
    if (done - syncedAt >= SYNC_BYTES) await sync();
  }
  await sync();
  return losses;
}

/** Changes with everything that the result depends on. */
async function identify(source: Source, format: WeightFormat): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([CONVERTER_VERSION, format, source.settings]));
  for (const path of source.paths) {
    const { size, mtime } = await Deno.stat(path);
    hash.update(JSON.stringify([path, size, mtime?.getTime() ?? 0]));
  }
  return hash.digest("hex");
}
