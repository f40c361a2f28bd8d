import type { PictureReceipt } from "../../protocol/conversation.ts";
import type { PanelPicture } from "../../protocol/panel.ts";
import type { Translate } from "../texts.ts";
import { MAX_SIDE_PX } from "./compose.ts";

/** A picture that can be drawn on, or why it cannot. */
export type OpenedImage =
  | { readonly kind: "image"; readonly image: HTMLImageElement }
  | { readonly kind: "unusable"; readonly reason: string };

/** Opens a picture's pixels, and makes sure that they are what the model sees. */
export async function openImage(
  { source, name }: PanelPicture,
  receipt: PictureReceipt,
  t: Translate,
): Promise<OpenedImage> {
  const { widthPx, heightPx, format } = receipt;
  const unusable = (reason: string): OpenedImage => ({ kind: "unusable", reason });
  if (Math.max(widthPx, heightPx) > MAX_SIDE_PX) {
    return unusable(
      t("{0} is too large to be edited here: its sides may have {1} pixels.", name, MAX_SIDE_PX),
    );
  }
  const image = new Image();
  // Else its pixels could be shown but not read.
  image.crossOrigin = "anonymous";
  image.src = source;
  try {
    await image.decode();
  } catch {
    return unusable(
      t(
        "{0} cannot be edited here: this format ({1}) is not shown by browsers. Save it as PNG.",
        name,
        format,
      ),
    );
  }
  // Vector pictures have no pixels of their own: they are drawn as large as the model sees them.
  const isSame = image.naturalWidth === widthPx && image.naturalHeight === heightPx;
  if (format !== "svg" && !isSame) {
    return unusable(
      t(
        "{0} cannot be edited here: it is shown with {1}×{2} pixels, and the model sees {3}×{4}.",
        name,
        ...[image.naturalWidth, image.naturalHeight, widthPx, heightPx],
      ),
    );
  }
  return { kind: "image", image };
}
