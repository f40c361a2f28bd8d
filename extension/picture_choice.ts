// Which pictures a command is about: those selected in the Explorer, the one that is open, or those a person names.

import { l10n, TabInputCustom, TabInputText, Uri, window } from "vscode";

/** Endings of the picture files that can be read; the menus in package.json have the same. */
const PICTURE_ENDINGS = ["png", "jpg", "jpeg", "jfif", "webp", "gif", "avif", "tif", "tiff", "svg"];

const PICTURE_PATH = new RegExp(`\\.(?:${PICTURE_ENDINGS.join("|")})$`, "i");
/** VS Code's own editor for pictures. */
export const IMAGE_PREVIEW = "imagePreview.previewEditor";

/**
 * The pictures that a command is about.
 * @param clicked what a menu gives first: the file under the pointer
 * @param selected what the Explorer gives second: every selected file
 * @returns none when the person closes the dialog without choosing
 */
export async function choosePictures(clicked: unknown, selected: unknown): Promise<readonly Uri[]> {
  const fromMenu = Array.isArray(selected) ? selected.filter((item) => item instanceof Uri) : [];
  if (fromMenu.length > 0) return fromMenu;
  if (clicked instanceof Uri) return [clicked];
  const open = activePicture();
  return open === null ? await askForPictures(l10n.t("Use Picture")) : [open];
}

/** Lets a person choose picture files; none when the dialog is closed. */
export async function askForPictures(openLabel: string): Promise<readonly Uri[]> {
  const filters = { [l10n.t("Pictures")]: PICTURE_ENDINGS, [l10n.t("All files")]: ["*"] };
  return await window.showOpenDialog({ canSelectMany: true, openLabel, filters }) ?? [];
}

/** The picture in the editor in front. */
function activePicture(): Uri | null {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof TabInputCustom || input instanceof TabInputText)) return null;
  const isPicture = (input instanceof TabInputCustom && input.viewType === IMAGE_PREVIEW) ||
    PICTURE_PATH.test(input.uri.path);
  return isPicture ? input.uri : null;
}
