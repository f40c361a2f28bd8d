/** The pictures on the clipboard, none when it holds none; null when the page may not look, so that only keys can paste. */
export async function readClipboardPictures(): Promise<readonly File[] | null> {
  try {
    const items = await navigator.clipboard.read();
    return await Promise.all(items.flatMap(pictureOf));
  } catch {
    // Not allowed, not focused, or not supported: all the same to a person, who has the keys.
    return null;
  }
}

/** One of the formats in which the clipboard offers a picture. */
function pictureOf(item: ClipboardItem): readonly Promise<File>[] {
  const type = item.types.find((name) => name.startsWith("image/"));
  if (type === undefined) return [];
  const name = `image.${type.slice("image/".length).replace(/\+.*/, "")}`;
  return [item.getType(type).then((blob) => new File([blob], name, { type }))];
}
