// From the recogniser's probabilities to text.
// @see Graves et al., Connectionist Temporal Classification

import type { Letter } from "./letter.ts";
import { resolveLookalikes } from "./lookalikes.ts";
import { hasEastAsian } from "./scripts.ts";
import { findSpaces } from "./spaces.ts";

/** A piece of text as it was recognised. */
export interface Reading {
  readonly text: string;
  /** Mean probability of the characters, 0 to 1; 0 without any. */
  readonly confidence: number;
}

/** Class of "no character here". */
const BLANK = 0;
/** What the recogniser's classes mean. */
export class Alphabet {
  /** The blank, the dictionary's lines, and the space. */
  readonly #characters: readonly string[];
  readonly #classes: ReadonlyMap<string, number>;

  /** @param dictionary a character a line */
  constructor(dictionary: string) {
    this.#characters = ["", ...dictionary.split(/\r?\n/), " "];
    this.#classes = new Map(this.#characters.map((character, i) => [character, i]));
  }

  get classCount(): number {
    return this.#characters.length;
  }

  /**
   * Reads the best class at every step, and leaves out blanks and repetitions.
   * @param probabilities [steps, classes]
   */
  decode(probabilities: Float32Array): Reading {
    const letters = this.#findLetters(probabilities);
    if (letters.length === 0) return { text: "", confidence: 0 };
    const spaces = findSpaces(letters);
    const characters = resolveLookalikes(letters, spaces);
    const text = characters.map((character, i) => spaces[i] ? ` ${character}` : character).join("");
    const sum = letters.reduce((sum, { probability }) => sum + probability, 0);
    return { text: normalize(text), confidence: sum / letters.length };
  }

  #findLetters(probabilities: Float32Array): Letter[] {
    const letters: Letter[] = [];
    const spaceClass = this.classCount - 1;
    let before = BLANK;
    let space = 0;
    for (let start = 0; start < probabilities.length; start += this.classCount) {
      const best = bestOf(probabilities, start, this.classCount);
      space = Math.max(space, probabilities[start + spaceClass] as number);
      if (best !== BLANK && best !== spaceClass && best !== before) {
        letters.push({
          character: this.#characters[best] as string,
          probability: probabilities[start + best] as number,
          probabilityOf: (other) => probabilities[start + (this.#classes.get(other) ?? BLANK)] as number,
          space,
        });
        space = 0;
      }
      before = best;
    }
    return letters;
  }
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

const FULL_WIDTH = /[\uff01-\uff5e]/g;
const FULL_WIDTH_OFFSET = 0xfee0;

/** Text without full-width and typographic marks, which the network likes too much, unless its script has them. */
function normalize(text: string): string {
  if (hasEastAsian(text)) return text;
  return text.replace(
    FULL_WIDTH,
    (character) => String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH_OFFSET),
  )
    .replaceAll("。", ".").replaceAll("、", ",").replace(/[‘’′]/g, "'").replace(/[“”″]/g, '"');
}
