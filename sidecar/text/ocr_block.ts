// The block of recognised text that models trained with one expect in the prompt.
// @see models/nano/MODEL_CARD.md, "Prompt"

const MAX_LINES = 60;
const MAX_CHARACTERS = 1500;

/** Writes the block; "" when no line has text. Lines past the limits are left out, and an ellipsis says so. */
export function writeOcrBlock(lines: readonly string[]): string {
  const trimmed = lines.map((line) => line.trim()).filter((line) => line !== "");
  if (trimmed.length === 0) return "";
  let characters = 0;
  const kept: string[] = [];
  for (const line of trimmed) {
    characters += [...line].length + 1;
    if (kept.length === MAX_LINES || characters > MAX_CHARACTERS) {
      kept.push("…");
      break;
    }
    kept.push(line);
  }
  return ["<ocr>", ...kept, "</ocr>"].join("\n");
}
