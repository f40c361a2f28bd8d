// Looks at values of unknown origin, field by field.

import type { PictureRef } from "../protocol/conversation.ts";

/** An object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

export function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}

export function hasTexts(value: Fields, ...names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === "string");
}

export function hasNumbers(value: Fields, ...names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === "number");
}

export function isPicture(value: unknown): value is PictureRef {
  return isObject(value) && hasTexts(value, "name") && hasNumbers(value, "byteLength") &&
    // It becomes part of a path.
    typeof value["sha256"] === "string" && /^[0-9a-f]{64}$/.test(value["sha256"]);
}
