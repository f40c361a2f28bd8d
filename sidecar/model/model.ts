// A loaded vision language model: everything that a checkpoint folder becomes in memory.

import { Failure } from "../../protocol/errors.ts";
import type { Device, ModelRecord, Precision } from "../../protocol/conversation.ts";
import { type ModelConfig, readModelConfig } from "../checkpoint/config.ts";
import { Fields } from "../checkpoint/fields.ts";
import { Weights } from "../checkpoint/safetensors.ts";
import type { ExecutionProvider } from "../onnx/execution_provider.ts";
import { OrtError } from "../onnx/ort_error.ts";
import type { Runtime } from "../onnx/runtime.ts";
import { Session } from "../onnx/session.ts";
import { ChatTemplate } from "../text/chat_template.ts";
import type { PromptFormat } from "../text/prompt.ts";
import { Tokenizer } from "../text/tokenizer.ts";
import { type BuiltModel, openBuiltModel } from "./build_cache.ts";
import { DeviceCacheMemory, HostCacheMemory } from "./cache_memory.ts";
import { Decoder } from "./decoder.ts";
import { cacheNames } from "./decoder_graph.ts";
import { deviceFailure, type Placement, placementOn, sessionOptionsFor } from "./device.ts";
import type { AccuracyLevel, GraphStyle } from "./graph_style.ts";
import { fingerprint } from "./fingerprint.ts";
import { readManifest } from "./manifest.ts";
import { PackedWeights } from "./packed_weights.ts";
import { VisionEncoder } from "./vision_encoder.ts";

/** What a checkpoint folder says of itself, without its weights. Cheap to read. */
export interface ModelDescription {
  readonly record: ModelRecord;
  readonly config: ModelConfig;
  /** Names the weights and how they are computed with: what one makes of a picture holds for no other. */
  readonly identity: string;
  /** Whether the model was trained to be given the pictures' text. */
  readonly wantsOcr: boolean;
}

/** Where to load from. */
export interface ModelLocation {
  readonly id: string;
  readonly folder: string;
  readonly precision: Precision;
  /** Folder for the weights files that are made of checkpoints. */
  readonly cacheFolder: string;
  /** How matrices in blocks are multiplied; the faster way when left out. */
  readonly accuracyLevel?: AccuracyLevel;
  /** What to run on; the CPU when left out. */
  readonly device?: Device;
  /** How graphs are written, where it is to be another way than is best for the device. */
  readonly style?: Partial<GraphStyle>;
}

/** A model ready to run. */
export interface Model extends ModelDescription, Disposable {
  readonly prompts: PromptFormat;
  readonly vision: VisionEncoder;
  readonly decoder: Decoder;
}

/**
 * Reads the description of a checkpoint. `sightline.json`, where there is one, adds what the release's own files
 * have no field for.
 * @throws Failure "model-missing" or "model-invalid"
 */
export async function describeModel(location: Omit<ModelLocation, "cacheFolder">): Promise<ModelDescription> {
  const { id, folder, precision } = location;
  const { device, style } = placementOf(location);
  const config = await readModelConfig(folder);
  const extra = await Fields.read(folder, "sightline.json", { isOptional: true });
  const manifest = await readManifest(folder);
  const weights = await PackedWeights.open(folder) ?? await Weights.open(folder);
  return {
    config,
    identity: await fingerprint(folder, precision, device, JSON.stringify(style)),
    wantsOcr: extra.boolean("wants_ocr", false),
    record: {
      id,
      name: extra.text("name", id),
      parameterCount: weights.parameterCount,
      contextLength: config.decoder.contextLength,
      // A converted model has the precision that it was converted to.
      precision: manifest?.precision ?? precision,
      license: extra.text("license", "unknown"),
      isStandIn: extra.boolean("is_stand_in", false),
    },
  };
}

/**
 * Loads a checkpoint, building its graphs first where needed.
 * @throws Failure "model-…", "storage-failed", "device-unavailable" or "out-of-memory"; the signal's reason when it aborts
 */
export async function loadModel(
  runtime: Runtime,
  location: ModelLocation,
  signal?: AbortSignal,
): Promise<Model> {
  const { folder } = location;
  const description = await describeModel(location);
  const { config } = description;
  const tokenizerConfig = await readJson(folder, "tokenizer_config.json");
  const tokenizer = await Tokenizer.open(folder, tokenizerConfig);
  const template = await ChatTemplate.open(folder, tokenizerConfig);
  const { precision, cacheFolder } = location;
  const placement = placementOf(location);
  const built = await openBuiltModel(folder, config, precision, cacheFolder, placement.style, signal);
  const sessions = await openSessions(runtime, built, placement, folder, signal);
  const { batchPatches } = placement;
  const vision = new VisionEncoder(runtime, sessions.vision, sessions.resampler, config, batchPatches);
  const decoder = new Decoder(runtime, sessions.decoder, config.decoder, sessions.memory);
  return {
    ...description,
    prompts: {
      template,
      tokenizer,
      markers: config.markers,
      usesImageIds: config.usesImageIds,
      queryCount: config.resampler.queryCount,
    },
    vision,
    decoder,
    [Symbol.dispose]() {
      decoder[Symbol.dispose]();
      vision[Symbol.dispose]();
    },
  };
}

async function readJson(folder: string, file: string): Promise<object> {
  await Fields.read(folder, file); // Says what is wrong with a file that is missing or damaged.
  return JSON.parse(await Deno.readTextFile(`${folder}/${file}`)) as object;
}

function placementOf(
  { device = "cpu", accuracyLevel, style }: Omit<ModelLocation, "cacheFolder">,
): Placement {
  const placement = placementOn(device);
  const level = accuracyLevel === undefined ? {} : { accuracyLevel };
  return { ...placement, style: { ...placement.style, ...level, ...style } };
}

/** Memory where the decoder runs, for the type that its graph has. */
async function openCacheMemory(runtime: Runtime, decoder: Session, provider: ExecutionProvider | null) {
  const { pastKey } = cacheNames(0);
  const type = decoder.inputs.find(({ name }) => name === pastKey)?.type ?? "float32";
  return provider?.memory === undefined
    ? new HostCacheMemory(runtime, type)
    : await DeviceCacheMemory.open(runtime, { ...provider, memory: provider.memory }, type);
}

/** The sessions of a built model on its device, and memory for its cache.
 * @throws Failure "device-unavailable", "model-invalid" or "out-of-memory"; the signal's reason when it aborts
 */
export async function openSessions(
  runtime: Runtime,
  built: BuiltModel,
  placement: Placement,
  folder: string,
  signal?: AbortSignal,
) {
  using opened = new DisposableStack();
  const open = async (graph: Uint8Array<ArrayBuffer>, provider: ExecutionProvider | null) => {
    const options = { externalDataFolder: built.weightsFolder, signal, ...sessionOptionsFor(provider) };
    return opened.use(await Session.create(runtime, graph, options));
  };
  try {
    const vision = await open(built.vision, placement.vision);
    const resampler = await open(built.resampler, placement.vision);
    const decoder = await open(built.decoder, placement.decoder);
    const memory = opened.use(await openCacheMemory(runtime, decoder, placement.decoder));
    opened.move();
    return { vision, resampler, decoder, memory };
  } catch (cause) {
    const failure = deviceFailure(placement.device, cause);
    if (failure !== null) throw failure;
    if (!(cause instanceof OrtError)) throw cause;
    const isMemory = /bad_alloc|allocat|memory/i.test(cause.message);
    throw new Failure(
      isMemory ? "out-of-memory" : "model-invalid",
      isMemory
        ? `There is not enough memory to load the model in "${folder}". Close other programs or choose a smaller model.`
        : `ONNX Runtime cannot load the model in "${folder}": ${cause.message}`,
      { subject: folder, cause },
    );
  }
}
