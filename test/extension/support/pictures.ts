// Pictures that need no file.

import type { PictureReceipt, PictureRef } from "../../../protocol/conversation.ts";

/** A picture whose hash is one character, repeated. */
export const picture = (character: string, name = `${character}.png`): PictureRef => ({
  sha256: character.repeat(64),
  name,
  byteLength: 10,
});

/** What a sidecar would confirm about it. */
export const receipt = ({ sha256, name }: PictureRef): PictureReceipt => ({
  sha256,
  name,
  format: "png",
  widthPx: 4,
  heightPx: 3,
  grid: null,
  sliceCount: 1,
  tokenCount: 64,
  notes: [],
});
