import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NANO } from "./places.ts";

/** A recorded answer of Nano's float32 reference. */
export interface NanoExample {
  readonly image: string;
  /** Lines that stood in the OCR block. */
  readonly ocr: readonly string[];
  readonly instruction: string;
  readonly thinking: boolean;
  readonly slices: number;
  readonly prompt: string;
  readonly input_ids: readonly number[];
  readonly output_ids: readonly number[];
  readonly output: string;
}

const FOLDER = join(NANO, "examples");

/** The recorded answers of the model card. */
export function nanoExamples(): NanoExample[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith(".json")).sort()
    .map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as NanoExample);
}

/** Where an example's picture is. */
export function pictureOf({ image }: NanoExample): string {
  return join(FOLDER, image);
}
