// Messages of the page about parts of pictures: a waiting picture that was edited takes the place of the original, and
// a question may be about a box in a picture.

import type { Box } from "./conversation.ts";

/** The part of a picture that a question is about. */
export interface AskedBox {
  /** A picture of this question or of an earlier one. */
  readonly pictureId: string;
  readonly box: Box;
}

/** Page to extension. */
export type RegionAsk =
  /** Put an edited picture in the place of a waiting one, whose bytes are not kept. */
  { readonly kind: "replace-attachment"; readonly id: string; readonly bytes: Uint8Array };
