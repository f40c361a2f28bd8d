// Checks a recording of a saved conversation.

import type { Video, VideoReceipt } from "../protocol/conversation.ts";
import { RECORDING_FORMATS, type RecordingFormat } from "../protocol/recording_messages.ts";
import type { RecordingAttachment } from "./chat_turn.ts";
import { type Fields, hasNumbers, hasTexts, isList, isObject, isPicture } from "./plain_values.ts";
import { readSampling } from "./sampling_check.ts";

/** Whether a value is a recording as this version saves it. */
export function isRecording(value: Fields): value is Fields & RecordingAttachment {
  const { file, origin, sampling, video, receipt, progress } = value;
  return hasTexts(value, "id", "name") && (origin === null || typeof origin === "string") &&
    (file === null || isFile(file)) && readSampling(sampling) !== null &&
    (video === null || isVideo(video)) && (receipt === null || isReceipt(receipt)) &&
    (progress === null || isObject(progress));
}

function isFile(value: unknown): boolean {
  // The format becomes part of a path.
  return isPicture(value) &&
    RECORDING_FORMATS.includes((value as Fields & typeof value)["format"] as RecordingFormat);
}

function isVideo(value: unknown): value is Video {
  return isObject(value) && hasTexts(value, "name") && isList(value["frames"], isFrame) &&
    (value["packing"] === undefined || hasNumbers(value, "packing")) && isOrigin(value["origin"]);
}

function isFrame(value: unknown): value is Video["frames"][number] {
  return isObject(value) && isPicture(value["picture"]) && hasNumbers(value, "timeS");
}

function isReceipt(value: unknown): value is VideoReceipt {
  return isObject(value) && hasTexts(value, "name") && isOrigin(value["origin"]) &&
    hasNumbers(value, "widthPx", "heightPx", "packing", "groupCount", "tokenCount") &&
    isList(value["usedTimesS"], isNumber);
}

function isOrigin(value: unknown): boolean {
  return isObject(value) && hasTexts(value, "format") &&
    (value["codec"] === null || hasTexts(value, "codec")) &&
    hasNumbers(value, "durationS", "frameRate", "frameCount") && isList(value["droppedTimesS"], isNumber) &&
    Array.isArray(value["notes"]);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
