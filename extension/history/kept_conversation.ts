// A conversation as its file holds it: plain data, checked when it is read, because another version may have written
// it, or another program.

import { type ConversationRecord, EMPTY } from "../chat_turn.ts";
import { restore, save } from "../saved_conversation.ts";

/** Raised when the file changes its form; what is kept of the turns has a form of its own. */
const FORM = 1;

/** The folder or workspace that a conversation was begun in. */
export interface WorkspaceLabel {
  readonly uri: string;
  readonly name: string;
}

/** A conversation with what is known about it. */
export interface KeptConversation {
  /** A UUID, which is also its file's name. */
  readonly id: string;
  /** What a person calls it; null as long as its first question names it. */
  readonly title: string | null;
  readonly createdMs: number;
  /** When it was last asked or answered in, in milliseconds since 1970. */
  readonly changedMs: number;
  /** Null when it was begun without an open folder. */
  readonly workspace: WorkspaceLabel | null;
  readonly record: ConversationRecord;
}

/** An empty conversation. */
export function newKept(id: string, workspace: WorkspaceLabel | null, nowMs: number): KeptConversation {
  return { id, title: null, createdMs: nowMs, changedMs: nowMs, workspace, record: EMPTY };
}

/** Whether there is nothing in it that anybody would miss. */
export function isEmpty({ turns, attachments, draft }: ConversationRecord): boolean {
  return turns.length === 0 && attachments.length === 0 && draft.text.trim() === "";
}

/** The text of its file. */
export function toFileText({ title, createdMs, changedMs, workspace, record }: KeptConversation): string {
  return JSON.stringify({ form: FORM, title, createdMs, changedMs, workspace, record: save(record) });
}

/** What the text of a file says; null when no version up to this one has written it. */
export function fromFileText(id: string, text: string): KeptConversation | null {
  const value = parse(text);
  if (value === null || value["form"] !== FORM) return null;
  const { title, createdMs, changedMs, workspace } = value;
  const record = restore(value["record"]);
  if (record === null || !isTime(createdMs) || !isTime(changedMs)) return null;
  if (title !== null && typeof title !== "string") return null;
  if (workspace !== null && !isLabel(workspace)) return null;
  return { id, title, createdMs, changedMs, workspace, record };
}

/** Whether a text may be a conversation's id, and so become part of a path. */
export function isConversationId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null; // Damaged like any other file that this version did not write.
  }
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= 8.64e15;
}

function isLabel(value: unknown): value is WorkspaceLabel {
  return typeof value === "object" && value !== null && "uri" in value && "name" in value &&
    typeof value.uri === "string" && typeof value.name === "string";
}
