// Runs one parity case and measures how far each stage is from the reference.

import type { Weights } from "../checkpoint/safetensors.ts";
import { joinFloats } from "../floats.ts";
import { decodePicture } from "../image/decode.ts";
import { cutSlices, type PatchGrid, toPatches } from "../image/patches.ts";
import { planSlices, type SlicePlan } from "../image/slice.ts";
import type { Model } from "../model/model.ts";
import { encodeFrames, type Frame } from "../model/visual_tokens.ts";
import { argmax } from "../sampling.ts";
import { type PromptMessage, type PromptPart, writePrompt } from "../text/prompt.ts";
import type { CasePart, ParityCase } from "./cases.ts";

/** Distance of a stage from the reference. */
export interface Difference {
  /** Largest absolute difference. */
  readonly largest: number;
  /** Largest magnitude in the reference. */
  readonly scale: number;
}

/** What a case gave. */
export interface CaseReport {
  readonly name: string;
  readonly isPromptEqual: boolean;
  readonly areIdsEqual: boolean;
  readonly areSizesEqual: boolean;
  /** Stages that the case has: patches, vision, resampler, logits. */
  readonly differences: Readonly<Record<string, Difference>>;
  /** Steps whose most likely token is the reference's, or another where the reference was undecided. */
  readonly greedyMatches: number;
  readonly greedySteps: number;
}

/** Below this margin between its two best logits, the reference's choice is not held to be meaningful. */
const UNDECIDED_MARGIN = 1e-3;
/** Allowed difference of a stage, as a share of the reference's largest magnitude. */
export const TOLERANCE = 2e-4;

/** Whether everything in a report is within the tolerance. */
export function passes(report: CaseReport): boolean {
  return report.isPromptEqual && report.areIdsEqual && report.areSizesEqual &&
    report.greedyMatches === report.greedySteps &&
    Object.values(report.differences).every(({ largest, scale }) => largest <= TOLERANCE * scale);
}

/**
 * Runs a case through the model.
 * @param logits name of the reference's logits
 */
export async function compareCase(
  model: Model,
  expected: Weights,
  imagesFolder: string,
  parityCase: ParityCase,
  logits = `${parityCase.name}.logits`,
): Promise<CaseReport> {
  const groups = await readGroups(model, imagesFolder, parityCase);
  const prompt = writePrompt(toMessages(parityCase, groups), parityCase.thinking, model.prompts);
  const differences: Record<string, Difference> = {};
  const sizes: [number, number][] = [];
  const tokens: Float32Array[] = [];
  for (const { frames, plan } of groups) {
    for (const slice of await sliceGrids(model, frames, plan)) sizes.push([slice.rows, slice.columns]);
    tokens.push(await encodeFrames(model, frames, plan));
  }
  const [first] = groups;
  if (first !== undefined) {
    const [grid] = await sliceGrids(model, first.frames, first.plan);
    Object.assign(differences, await compareFirstSlice(model, expected, parityCase, grid as PatchGrid));
    const reference = await readExpected(expected, `${parityCase.name}.resampler`);
    differences["resampler"] = difference(joinFloats(tokens), reference);
  }
  const visual = { positions: prompt.visualPositions, tokens: joinFloats(tokens) };
  const run = await compareLogits(model, await readExpected(expected, logits), parityCase, visual);
  return {
    name: parityCase.name,
    isPromptEqual: prompt.text === parityCase.prompt,
    areIdsEqual: isEqual(prompt.ids, parityCase.input_ids),
    areSizesEqual: isEqual(sizes.flat(), (parityCase.tgt_sizes ?? []).flat()),
    differences: { ...differences, logits: run.difference },
    greedyMatches: run.matches,
    greedySteps: parityCase.greedy_ids.length,
  };
}

interface Group {
  readonly frames: readonly Frame[];
  readonly plan: SlicePlan;
}

async function readGroups(model: Model, imagesFolder: string, parityCase: ParityCase): Promise<Group[]> {
  const config = {
    ...model.config.slicing,
    maxSliceCount: parityCase.max_slice_nums ?? model.config.slicing.maxSliceCount,
  };
  const read = async (file: string, time: number): Promise<Frame> => {
    const bytes = await Deno.readFile(`${imagesFolder}/${file}`);
    return { pixels: (await decodePicture(bytes, file, { asReference: true })).pixels, time };
  };
  const groups: Group[] = [];
  const times = [...parityCase.temporal_ids ?? []];
  for (const part of parityCase.messages.flatMap(({ content }) => content)) {
    for (const files of filesOf(part)) {
      const groupTimes = "video" in part ? times.shift() ?? [] : [];
      const frames = await Promise.all(files.map((file, i) => read(file, groupTimes[i] ?? -1)));
      groups.push({ frames, plan: planSlices((frames[0] as Frame).pixels, config) });
    }
  }
  return groups;
}

function filesOf(part: CasePart): readonly (readonly string[])[] {
  return "image" in part ? [[part.image]] : "video" in part ? part.video : [];
}

function toMessages({ messages }: ParityCase, groups: readonly Group[]): PromptMessage[] {
  let used = 0;
  const nextGrid = () => groups[used++]?.plan.refined?.grid ?? null;
  return messages.map(({ role, content }): PromptMessage => {
    if (role === "assistant") {
      return toAssistant(content.map((part) => "text" in part ? part.text : "").join("\n"));
    }
    return {
      role,
      content: content.flatMap((part): PromptPart[] => {
        if ("text" in part) return [{ kind: "text", text: part.text }];
        if ("image" in part) return [{ kind: "picture", grid: nextGrid() }];
        return part.video.map(() => ({ kind: "frames", grid: nextGrid() }));
      }),
    };
  });
}

/** Recorded turns have the trace in their text, as the model wrote it. */
function toAssistant(text: string): PromptMessage {
  const [, thinking = "", answer = text] = /^<think>\n(.*?)\n?<\/think>\n*(.*)$/s.exec(text) ?? [];
  return { role: "assistant", text: answer, thinking };
}

async function sliceGrids(model: Model, frames: readonly Frame[], plan: SlicePlan): Promise<PatchGrid[]> {
  const grids: PatchGrid[] = [];
  for (const { pixels } of frames) {
    for (const slice of await cutSlices(pixels, plan)) {
      grids.push(await toPatches(slice, model.config.slicing.patchSize, model.config.normalization));
    }
  }
  return grids;
}

async function compareFirstSlice(
  model: Model,
  expected: Weights,
  { name, patch_rows }: ParityCase,
  grid: PatchGrid,
) {
  const width = grid.patches.length / (grid.rows * grid.columns);
  const rows = (patch_rows ?? []).map((row) => grid.patches.subarray(row * width, (row + 1) * width));
  const features = joinFloats(await model.vision.encode([grid]));
  return {
    patches: difference(joinFloats(rows), await readExpected(expected, `${name}.patches.0`)),
    vision: difference(features, await readExpected(expected, `${name}.vision.0`)),
  };
}

/** Decodes greedily along the reference's ids, so that one undecided step does not hide the next ones. */
async function compareLogits(
  { decoder }: Model,
  expected: Float32Array,
  { input_ids, greedy_ids, greedy_margins }: ParityCase,
  visual: { positions: readonly number[]; tokens: Float32Array },
) {
  decoder.reset();
  let logits = await decoder.prefill(input_ids, visual);
  const all: Float32Array[] = [];
  let matches = 0;
  for (const [i, id] of greedy_ids.entries()) {
    all.push(logits.slice());
    if (argmax(logits) === id || (greedy_margins[i] ?? Infinity) < UNDECIDED_MARGIN) matches++;
    logits = await decoder.step(id);
  }
  return { matches, difference: difference(joinFloats(all), expected) };
}

function readExpected(expected: Weights, name: string): Promise<Float32Array> {
  return expected.read(name, expected.shape(name));
}

function difference(actual: Float32Array, reference: Float32Array): Difference {
  let largest = actual.length === reference.length ? 0 : Infinity;
  let scale = 0;
  reference.forEach((value, i) => {
    // Written so that NaN counts as infinitely far.
    const distance = Math.abs((actual[i] as number) - value);
    if (!(distance <= largest)) largest = Number.isNaN(distance) ? Infinity : distance;
    scale = Math.max(scale, Math.abs(value));
  });
  return { largest, scale };
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
