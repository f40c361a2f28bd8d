// The settings, in one place: names as in package.json, values checked, because people write them by hand.

import { isAbsolute } from "node:path";
import { workspace } from "vscode";
import type { Precision } from "../protocol/conversation.ts";
import { Failure } from "../protocol/errors.ts";
import type { SidecarOptions } from "../protocol/sidecar.ts";

const SECTION = "sightline";

/** The name of the setting with the full model's folder. */
export const MODEL_FOLDER_SETTING = "sightline.model.folder";

const PRECISIONS: readonly Precision[] = ["fp32", "int8", "int4"];
const MINUTE_MS = 60_000;
const MEGABYTE = 1e6;

/** What a person has chosen about the sidecar. */
export type ChosenOptions = Pick<
  SidecarOptions,
  "models" | "threadCount" | "idleUnloadMs" | "diskCacheBytes"
>;

/**
 * Reads the settings.
 * @param nanoFolder the bundled model, used when no other is chosen
 * @throws Failure "model-missing" when the model's folder is no path
 */
export function readSettings(nanoFolder: string): ChosenOptions {
  const settings = workspace.getConfiguration(SECTION);
  const folder = settings.get<string>("model.folder", "").trim();
  if (folder !== "" && !isAbsolute(folder)) {
    throw new Failure(
      "model-missing",
      `The setting "${MODEL_FOLDER_SETTING}" is "${folder}". It must be the full path of a folder, or empty.`,
      { subject: folder },
    );
  }
  const chosen = settings.get<string>("model.precision", "fp32");
  const precision = PRECISIONS.find((known) => known === chosen) ?? "fp32";
  return {
    models: [
      folder === ""
        ? { id: "nano", folder: nanoFolder, precision: "fp32" }
        : { id: "full", folder, precision },
    ],
    threadCount: wholeNumber(settings.get("threads"), 0),
    idleUnloadMs: wholeNumber(settings.get("idleUnloadMinutes"), 10) * MINUTE_MS,
    diskCacheBytes: wholeNumber(settings.get("cacheMegabytes"), 1000) * MEGABYTE,
  };
}

/** Whether pictures are looked at before the question about them is asked. */
export function preparesAhead(): boolean {
  return workspace.getConfiguration(SECTION).get<boolean>("prepareAhead", true);
}

/** How much all stored pictures may take together. */
export function storedPictureBytes(): number {
  const settings = workspace.getConfiguration(SECTION);
  return wholeNumber(settings.get("history.maxMegabytes"), 2000) * MEGABYTE;
}

/** What the sidecar is started with. */
const SIDECAR_SETTINGS = ["model", "threads", "idleUnloadMinutes", "cacheMegabytes"];

/** Whether a change of settings concerns the sidecar. */
export function concernsSidecar(event: { affectsConfiguration(section: string): boolean }): boolean {
  return SIDECAR_SETTINGS.some((name) => event.affectsConfiguration(`${SECTION}.${name}`));
}

function wholeNumber(value: unknown, fallback: number): number {
  return typeof value === "number" && value >= 0 ? Math.round(value) : fallback;
}
