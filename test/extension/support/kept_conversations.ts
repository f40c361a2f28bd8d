// Conversations that need no engine.

import { randomUUID } from "node:crypto";
import { Conversation } from "../../../extension/conversation.ts";
import type { ConversationRecord } from "../../../extension/chat_turn.ts";
import type { KeptConversation } from "../../../extension/history/kept_conversation.ts";
import type { PictureRef } from "../../../protocol/conversation.ts";
import { NUMBERS } from "./numbers.ts";

/** One question with its answer. */
export interface Said {
  readonly question: string;
  readonly answer?: string;
  readonly thinking?: string;
  readonly pictures?: readonly PictureRef[];
}

/** What was said, as a conversation keeps it. */
export function recordOf(...said: readonly Said[]): ConversationRecord {
  const conversation = new Conversation({ onEvent: () => {}, sourceOf: () => "" });
  for (const { question, answer = "", thinking = "", pictures = [] } of said) {
    for (const picture of pictures) conversation.attach(picture, "file:///secret/place.png");
    const id = conversation.ask(question, "off");
    conversation.progress(id, { kind: "thinking", text: thinking, tokenCount: 1 });
    conversation.progress(id, { kind: "answer", text: answer, tokenCount: 1 });
    conversation.finish(id, NUMBERS);
  }
  return conversation.record;
}

/** A conversation as its file has it. */
export function keptOf(record: ConversationRecord, about: Partial<KeptConversation> = {}): KeptConversation {
  const ms = Date.UTC(2026, 0, 2);
  return { id: randomUUID(), title: null, createdMs: ms, changedMs: ms, workspace: null, record, ...about };
}
