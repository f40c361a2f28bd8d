// The door to the page: what it sends is checked here once, so that nothing behind has to doubt it.

import { type Draft, type FromPanel, THINKING_DEPTHS } from "../protocol/panel.ts";
import { readRecordingAsk } from "./recording_messages.ts";
import { readAskedBox } from "./region_messages.ts";

/** Limits of what a page may send. What is larger was not made by a person's paste, drop or typing. */
export const LIMITS = {
  textCharacters: 1_000_000,
  nameCharacters: 4_096,
  idCharacters: 100,
  addressCharacters: 32_768,
  addresses: 1_000,
  types: 100,
  languageCharacters: 100,
  paths: 100,
  pathCharacters: 1_000,
} as const;

/** The message, or null when it is none that a page of ours sends. */
export function readPanelMessage(value: unknown): FromPanel | null {
  if (typeof value !== "object" || value === null || !("kind" in value)) return null;
  const { kind, ...fields }: { readonly kind: unknown } & Fields = value;
  const id = textOf(fields["id"], LIMITS.idCharacters);
  const turnId = textOf(fields["turnId"], LIMITS.idCharacters);
  const text = textOf(fields["text"], LIMITS.textCharacters);
  switch (kind) {
    case "ready":
    case "choose-files":
    case "new-chat":
    case "show-log":
    case "show-full-model":
      return { kind };
    case "detach":
    case "dismiss-refusal":
    case "open-picture":
      return id === null ? null : { kind, id };
    case "stop":
    case "retry":
    case "drop-pictures":
    case "skip-thinking":
    case "continue":
      return turnId === null ? null : { kind, turnId };
    case "copy":
    case "insert-code":
      return text === null ? null : { kind, text };
    case "new-file": {
      const language = textOf(fields["language"], LIMITS.languageCharacters);
      return text === null || language === null ? null : { kind, text, language };
    }
    case "find-files": {
      const paths = textsOf(fields["paths"], LIMITS.paths, LIMITS.pathCharacters);
      return paths === null ? null : { kind, paths };
    }
    case "open-place": {
      const path = textOf(fields["path"], LIMITS.pathCharacters);
      const line = countOf(fields["line"]);
      const column = fields["column"] === null ? null : countOf(fields["column"]);
      if (path === null || line === null || (column === null && fields["column"] !== null)) return null;
      return { kind, path, line, column };
    }
    case "ask": {
      const draft = draftOf(fields);
      return draft === null ? null : { kind, ...draft };
    }
    case "draft": {
      const draft = draftOf(fields["draft"]);
      return draft === null ? null : { kind, draft };
    }
    case "edit":
      return turnId === null || text === null ? null : { kind, turnId, text };
    case "show-version": {
      const position = fields["position"];
      return turnId === null || typeof position !== "number" ? null : { kind, turnId, position };
    }
    case "attach-bytes": {
      const name = textOf(fields["name"], LIMITS.nameCharacters);
      const bytes = bytesOf(fields["bytes"]);
      return name === null || bytes === null ? null : { kind, name, bytes };
    }
    case "replace-attachment": {
      const bytes = bytesOf(fields["bytes"]);
      return id === null || bytes === null ? null : { kind, id, bytes };
    }
    case "attach-addresses": {
      const addresses = textsOf(fields["addresses"], LIMITS.addresses, LIMITS.addressCharacters);
      return addresses === null ? null : { kind, addresses };
    }
    case "nothing-to-attach": {
      const types = textsOf(fields["types"], LIMITS.types, LIMITS.nameCharacters);
      return types === null ? null : { kind, types };
    }
    default:
      return readRecordingAsk(kind, id, fields);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function textOf(value: unknown, maxLength: number): string | null {
  return typeof value === "string" && value.length <= maxLength ? value : null;
}

function textsOf(value: unknown, maxCount: number, maxLength: number): string[] | null {
  if (!Array.isArray(value) || value.length > maxCount) return null;
  const texts = value.map((item) => textOf(item, maxLength)).filter((text) => text !== null);
  return texts.length === value.length ? texts : null;
}

function draftOf(value: unknown): Draft | null {
  if (typeof value !== "object" || value === null) return null;
  const fields: Fields = { ...value };
  const text = textOf(fields["text"], LIMITS.textCharacters);
  const depth = THINKING_DEPTHS.find((known) => known === fields["depth"]);
  const about = readAskedBox(fields["about"]);
  if (text === null || depth === undefined || about === null) return null;
  return { text, depth, ...(about === undefined ? {} : { about }) };
}

/** A line or a column, from 1. */
function countOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1 ? value : null;
}

/** How large a picture may be is the picture store's matter, which says so. */
function bytesOf(value: unknown): Uint8Array | null {
  if (value instanceof Uint8Array) return value;
  return value instanceof ArrayBuffer ? new Uint8Array(value) : null;
}
