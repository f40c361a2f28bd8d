// Which pictures or recordings a command is about: those selected in the Explorer, the one that is open, or those a person names.

import { l10n, TabInputCustom, TabInputText, Uri, window } from "vscode";

/** Endings of the picture files that can be read; the menus in package.json have the same. */
const PICTURE_ENDINGS = ["png", "jpg", "jpeg", "jfif", "webp", "gif", "avif", "tif", "tiff", "svg"];

/** Endings of files that may be recordings; the menus in package.json have the same. */
const RECORDING_ENDINGS = ["mp4", "m4v", "webm", "mov", "mkv", "gif", "webp"];

/** What a command may be about. */
type Wanted = "pictures" | "recordings";

const ENDINGS: Readonly<Record<Wanted, readonly string[]>> = {
  pictures: PICTURE_ENDINGS,
  recordings: RECORDING_ENDINGS,
};

/** VS Code's own editor for pictures. */
export const IMAGE_PREVIEW = "imagePreview.previewEditor";

/**
 * The pictures that a command is about.
 * @param clicked what a menu gives first: the file under the pointer
 * @param selected what the Explorer gives second: every selected file
 * @returns none when the person closes the dialog without choosing
 */
export async function choosePictures(clicked: unknown, selected: unknown): Promise<readonly Uri[]> {
  return await chooseFiles("pictures", clicked, selected);
}

/** The same for pictures or recordings. */
export async function chooseFiles(
  wanted: Wanted,
  clicked: unknown,
  selected: unknown,
): Promise<readonly Uri[]> {
  const fromMenu = Array.isArray(selected) ? selected.filter((item) => item instanceof Uri) : [];
  if (fromMenu.length > 0) return fromMenu;
  if (clicked instanceof Uri) return [clicked];
  const open = activeFile(wanted);
  if (open !== null) return [open];
  return wanted === "pictures"
    ? await openDialog(l10n.t("Use Picture"), [[l10n.t("Pictures"), PICTURE_ENDINGS]])
    : await openDialog(l10n.t("Use Recording"), [[l10n.t("Recordings"), RECORDING_ENDINGS]]);
}

/** Lets a person choose picture and recording files; none when the dialog is closed. */
export async function askForPictures(openLabel: string): Promise<readonly Uri[]> {
  const both = [...new Set([...PICTURE_ENDINGS, ...RECORDING_ENDINGS])];
  return await openDialog(openLabel, [[l10n.t("Pictures and recordings"), both]]);
}

async function openDialog(
  openLabel: string,
  kinds: [name: string, endings: string[]][],
): Promise<readonly Uri[]> {
  const filters: Record<string, string[]> = Object.fromEntries(kinds);
  filters[l10n.t("All files")] = ["*"];
  return await window.showOpenDialog({ canSelectMany: true, openLabel, filters }) ?? [];
}

/** The picture or recording in the editor in front. */
function activeFile(wanted: Wanted): Uri | null {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof TabInputCustom || input instanceof TabInputText)) return null;
  const isPreview = wanted === "pictures" && input instanceof TabInputCustom &&
    input.viewType === IMAGE_PREVIEW;
  const path = input.uri.path.toLowerCase();
  return isPreview || ENDINGS[wanted].some((ending) => path.endsWith(`.${ending}`)) ? input.uri : null;
}
