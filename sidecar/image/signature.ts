// What a file is, by its first bytes. Only for messages: decoding decides what can be used.

const PICTURES: readonly (readonly [label: string, offset: number, bytes: string])[] = [
  ["PNG", 0, "\x89PNG"],
  ["JPEG", 0, "\xff\xd8\xff"],
  ["GIF", 0, "GIF8"],
  ["WebP", 8, "WEBP"],
  ["TIFF", 0, "II*\0"],
  ["TIFF", 0, "MM\0*"],
  ["BMP", 0, "BM"],
  ["AVIF", 4, "ftypavif"],
  ["HEIC", 4, "ftyphei"],
  ["HEIC", 4, "ftypmif1"],
  ["JPEG XL", 0, "\xff\x0a"],
  ["JPEG XL", 0, "\0\0\0\x0cJXL "],
  ["icon", 0, "\0\0\x01\0"],
  ["Photoshop", 0, "8BPS"],
];

const OTHERS: readonly (readonly [label: string, offset: number, bytes: string])[] = [
  ["a PDF document", 0, "%PDF"],
  ["a ZIP archive or Office document", 0, "PK\x03\x04"],
  ["an MP4 or MOV video", 4, "ftyp"],
  ["a WebM or Matroska video", 0, "\x1aE\xdf\xa3"],
  ["a program", 0, "\x7fELF"],
  ["a program", 0, "MZ"],
];

/** Says what a file seems to be. */
export function describeFormat(bytes: Uint8Array): { isPicture: boolean; label: string } {
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  for (const [label, offset, signature] of PICTURES) {
    if (head.startsWith(signature, offset)) return { isPicture: true, label };
  }
  if (/^\s*(<\?xml|<!DOCTYPE svg|<svg)/i.test(head)) return { isPicture: true, label: "SVG" };
  for (const [label, offset, signature] of OTHERS) {
    if (head.startsWith(signature, offset)) return { isPicture: false, label };
  }
  return {
    isPicture: false,
    label: isText(bytes.subarray(0, 4096)) ? "a text file" : "a file of an unknown kind",
  };
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    // The last character may be cut.
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
