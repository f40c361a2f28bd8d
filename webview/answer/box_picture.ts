// In which of several pictures an answer's box lies. The marks do not say it; the words before them may.

import type { PanelPicture } from "../../protocol/panel.ts";

/** Characters before a mark in which a picture may be named. */
export const REACH = 300;

/** Words for a picture in the languages that answers come in, then its number. */
const NUMBERED =
  /(?:pictures?|images?|screenshots?|photos?|bild(?:er|schirmfoto)?|imagen|captura|capture|图片?|图像|截图|画像|スクリーンショット)\s*#?(\d{1,2})(?!\d)/giu;

/** The picture that is named last in a text, by its number from 1 or its file name; undefined when none is. */
export function namedPicture(
  text: string,
  pictures: readonly PanelPicture[],
): PanelPicture | undefined {
  let found: PanelPicture | undefined;
  let at = -1;
  const consider = (picture: PanelPicture | undefined, place: number): void => {
    if (picture === undefined || place <= at) return;
    found = picture;
    at = place;
  };
  for (const match of text.matchAll(NUMBERED)) consider(pictures[Number(match[1]) - 1], match.index);
  for (const picture of pictures) {
    // Two of one name are told apart by numbers only.
    const isOnly = pictures.every((other) => other === picture || other.name !== picture.name);
    if (isOnly && picture.name !== "") consider(picture, text.lastIndexOf(picture.name));
  }
  return found;
}
