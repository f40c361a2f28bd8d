const MAX_CHARACTERS = 60;

/** Names that Windows keeps for devices. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/** A file name's beginning, without an ending, that every file system takes, after a chat's title. */
export function fileStem(title: string): string {
  const harmless = title.normalize("NFC").replaceAll(/[^\p{L}\p{M}\p{N}_-]+/gu, " ").trim();
  const stem = [...harmless].slice(0, MAX_CHARACTERS).join("").trim();
  return stem === "" || DEVICES.test(stem) ? `chat ${stem}`.trim() : stem;
}
