// Finds conversations by the words in them.

import { nameOf } from "../chat_turn.ts";
import type { Translate } from "../error_messages.ts";
import type { KeptConversation } from "./kept_conversation.ts";
import { titleOf } from "./title.ts";

const BEFORE_CHARACTERS = 30;
const EXCERPT_CHARACTERS = 120;

/** A conversation, ready to be searched. */
export interface Searchable {
  readonly kept: KeptConversation;
  readonly title: string;
  /** Questions, answers and the names of pictures; traces are no part of what was said. */
  readonly text: string;
  /** Title and text as they are compared. */
  readonly compared: string;
}

/** A conversation that was found. */
export interface Found {
  readonly kept: KeptConversation;
  readonly title: string;
  /** The text around the first word that the title does not have; null where the title has them all. */
  readonly excerpt: string | null;
}

/** Reads a conversation for searching. */
export function toSearchable(kept: KeptConversation, t: Translate): Searchable {
  const title = titleOf(kept, t);
  const { turns, attachments, draft } = kept.record;
  const names = [...turns.flatMap(({ question }) => question.attachments), ...attachments].map(nameOf);
  const said = turns.flatMap((turn) => [turn.question.text, turn.text]);
  const text = [...said, ...names, draft.text].join("\n");
  return { kept, title, text, compared: comparable(`${title}\n${text}`) };
}

/** The conversations that have every word of a query in them, in the given order; all for an empty query. */
export function search(all: readonly Searchable[], query: string): readonly Found[] {
  const words = comparable(query).split(/\s+/).filter((word) => word !== "");
  return all.filter(({ compared }) => words.every((word) => compared.includes(word)))
    .map(({ kept, title, text }) => ({ kept, title, excerpt: excerptFor(words, title, text) }));
}

/** Those of one workspace first; the order is kept otherwise. */
export function byWorkspace(
  conversations: readonly KeptConversation[],
  uri: string | null,
): readonly KeptConversation[] {
  const isHere = ({ workspace }: KeptConversation) => (workspace?.uri ?? null) === uri;
  return [
    ...conversations.filter(isHere),
    ...conversations.filter((kept) => !isHere(kept)),
  ];
}

function excerptFor(words: readonly string[], title: string, text: string): string | null {
  const inTitle = comparable(title);
  const word = words.find((word) => !inTitle.includes(word));
  if (word === undefined) return null;
  // Comparing may change lengths (ß, ligatures), so the place is only about right there; the excerpt is wide enough.
  const place = Math.max(0, comparable(text).indexOf(word) - BEFORE_CHARACTERS);
  const excerpt = text.slice(place, place + EXCERPT_CHARACTERS).replaceAll(/\s+/g, " ").trim();
  return `${place > 0 ? "…" : ""}${excerpt}${place + EXCERPT_CHARACTERS < text.length ? "…" : ""}`;
}

function comparable(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
