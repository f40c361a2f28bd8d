// From the recogniser's probabilities to text.
// @see Graves et al., Connectionist Temporal Classification

/** A piece of text as it was recognised. */
export interface Reading {
  readonly text: string;
  /** Mean probability of the characters, 0 to 1; 0 without any. */
  readonly confidence: number;
}

/** Class of "no character here". */
const BLANK = 0;
/**
 * A space this likely between two characters is one. The network was trained on text with few spaces and seldom puts
 * them first, but knows where they are: on 5,229 pairs of neighbours of our samples, the best class misses 65 of 569
 * spaces and this misses none, with three too many.
 */
const SPACE_PROBABILITY = 0.1;

/** The characters of the recogniser's classes: the blank, the dictionary's lines, and the space. */
export function parseDictionary(text: string): string[] {
  return ["", ...text.split(/\r?\n/), " "];
}

/**
 * Takes the best class at every step, and leaves out blanks and repetitions.
 * @param probabilities [steps, classes]
 */
export function decodeText(probabilities: Float32Array, characters: readonly string[]): Reading {
  const classCount = characters.length;
  const space = classCount - 1;
  let text = "";
  let sum = 0;
  let count = 0;
  let before = BLANK;
  let spaceProbability = 0;
  for (let start = 0; start < probabilities.length; start += classCount) {
    const best = bestOf(probabilities, start, classCount);
    spaceProbability = Math.max(spaceProbability, probabilities[start + space] as number);
    if (best !== BLANK && best !== space && best !== before) {
      if (text !== "" && spaceProbability >= SPACE_PROBABILITY) text += " ";
      spaceProbability = 0;
      text += characters[best] ?? "";
      sum += probabilities[start + best] as number;
      count++;
    }
    before = best;
  }
  return { text: halfWidth(text), confidence: count === 0 ? 0 : sum / count };
}

function bestOf(values: Float32Array, start: number, count: number): number {
  let best = 0;
  let most = values[start] as number;
  for (let i = 1; i < count; i++) {
    const value = values[start + i] as number;
    if (value > most) {
      most = value;
      best = i;
    }
  }
  return best;
}

/** Letters of scripts that use full-width punctuation. */
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const FULL_WIDTH_OFFSET = 0xfee0;

/** Text without full-width characters, which the network likes too much, unless its script has them. */
function halfWidth(text: string): string {
  if (EAST_ASIAN.test(text)) return text;
  return text.replace(
    FULL_WIDTH,
    (character) => String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH_OFFSET),
  )
    .replaceAll("。", ".").replaceAll("、", ",");
}
