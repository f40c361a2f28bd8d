// The part of a picture that the next question is about.

import { type Box, BOX_SCALE, type PictureReceipt } from "../../protocol/conversation.ts";
import type { Draft, PanelAttachment, PanelPicture, PanelState } from "../../protocol/panel.ts";
import type { AskedBox } from "../../protocol/region_messages.ts";
import type { Translate } from "../texts.ts";
import { toRect } from "./shapes.ts";
import { rectText } from "./words.ts";

/** Finds the picture of a box among those that the panel shows; undefined when it is gone, and the box with it. */
export function askedPicture(
  { attachments, turns }: Pick<PanelState, "attachments" | "turns">,
  asked: AskedBox | undefined,
): PanelPicture | undefined {
  if (asked === undefined) return undefined;
  const found = [...attachments, ...turns.flatMap(({ question }) => question.attachments)]
    .find(({ id }) => id === asked.pictureId);
  return found?.kind === "picture" ? found : undefined;
}

/** "About the box 120,40–600,210 of picture 1". */
export function askedBoxText(
  box: Box,
  picture: PanelPicture,
  among: readonly PanelAttachment[],
  t: Translate,
) {
  const place = among.findIndex(({ id }) => id === picture.id);
  const which = place < 0 ? picture.name : t("picture {0}", place + 1);
  return t("About the box {0} of {1}", boxText(box, picture.receipt), which);
}

function boxText(box: Box, receipt: PictureReceipt | null): string {
  const size = { width: receipt?.widthPx ?? BOX_SCALE, height: receipt?.heightPx ?? BOX_SCALE };
  return rectText(toRect(box, size));
}

/** A question about whole pictures. */
export function withoutBox({ text, depth }: Draft): Draft {
  return { text, depth };
}
