// An edited picture takes the place of the original, of which nothing stays: what was painted over or cut off may be
// a secret.

import type { PictureStore } from "../host/picture_store.ts";
import type { PictureRef } from "../protocol/conversation.ts";
import { deleteCopies } from "./picture_copies.ts";

/** The chat that the picture is in. */
export interface ReplacingChat {
  /** Whether any conversation is made of the picture. */
  uses(picture: PictureRef): Promise<boolean>;
  /** @returns the picture whose place the edited one took; null when it took none */
  replaceAttachment(id: string, bytes: Uint8Array): Promise<PictureRef | null>;
  /** Has the sidecar forget what it made of pictures that were deleted. */
  forgetGone(): Promise<void>;
}

/** What replacing needs. */
export interface ReplaceParts {
  readonly chat: ReplacingChat;
  readonly store: PictureStore;
  /** For copies of pictures that are opened in an editor. */
  readonly openedFolder: string;
}

/** Replaces a waiting picture, and deletes the original unless a conversation is made of it. */
export async function replaceAttachment(
  id: string,
  bytes: Uint8Array,
  { chat, store, openedFolder }: ReplaceParts,
): Promise<void> {
  const original = await chat.replaceAttachment(id, bytes);
  if (original === null || await chat.uses(original)) return;
  await store.remove(original);
  await deleteCopies(store.pathOf(original), openedFolder, original);
  await chat.forgetGone();
}
