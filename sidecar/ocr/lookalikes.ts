// Chooses between characters that look alike, such as O and 0, by what stands around them. The recogniser sees one
// line at a time and each character nearly alone; it is honest, though, about what else a character may be.

import type { Letter } from "./letter.ts";

/** Less likely characters are not taken, whatever stands around. */
const LEAST = 0.005;
/** Quotation marks less likely than this are looked at again. */
const SURE_MARK = 0.9;
/** What is read for quotation marks, and backticks above all: the network hardly knows them. */
const MARKS = "`'\"^*~";

/**
 * The characters, with better choices where the neighbours speak for them.
 * @param spaces for each, whether a space stands before it
 */
export function resolveLookalikes(letters: readonly Letter[], spaces: readonly boolean[]): string[] {
  const characters = letters.map(({ character }) => character);
  let start = 0;
  for (let i = 1; i <= letters.length; i++) {
    const isInside = i < letters.length && !spaces[i] && isAlphanumeric(letters[i - 1]) &&
      isAlphanumeric(letters[i]);
    if (isInside) continue;
    resolveToken(letters.slice(start, i)).forEach((character, k) => characters[start + k] = character);
    start = i;
  }
  for (const [opening, closing] of findQuotes(letters, spaces)) {
    characters[opening] = characters[closing] = likeliestQuote(
      letters[opening] as Letter,
      letters[closing] as Letter,
    );
  }
  return characters;
}

function isAlphanumeric(letter: Letter | undefined): boolean {
  return /[A-Za-z0-9]/.test(letter?.character ?? "");
}

/** A word has no zeros, a number no Os, and a word in capitals no small o. */
function resolveToken(token: readonly Letter[]): string[] {
  const others = token.map(({ character }) => character).filter((character) => !"0Oo".includes(character))
    .join("");
  const isNumber = /^[0-9]+$/.test(others);
  const isCapitals = /^[A-Z]{2,}$/.test(others);
  const isWord = /^[A-Za-z]{2,}$/.test(others);
  return token.map((letter, i) => {
    const { character } = letter;
    const zero = letter.probabilityOf("0"),
      small = letter.probabilityOf("o"),
      capital = letter.probabilityOf("O");
    if ("Oo".includes(character) && isNumber && zero >= LEAST) return "0";
    if ("0o".includes(character) && isCapitals && small + capital >= LEAST) return "O";
    if (character === "0" && isWord && small + capital >= LEAST) return capital > small ? "O" : "o";
    const isWordEnd = i === token.length - 1 && /[a-z]/.test(token[i - 1]?.character ?? "");
    return character === "I" && isWordEnd && letter.probabilityOf("l") >= LEAST ? "l" : character;
  });
}

/** Pairs of doubtful marks around words. */
function findQuotes(
  letters: readonly Letter[],
  spaces: readonly boolean[],
): [opening: number, closing: number][] {
  const pairs: [number, number][] = [];
  let opening: number | null = null;
  for (const [i, { character, probability }] of letters.entries()) {
    if (!MARKS.includes(character) || probability >= SURE_MARK) continue;
    const next = letters[i + 1];
    const isFirst = i === 0 || spaces[i];
    const isEnd = next === undefined || spaces[i + 1] || ",.;:)".includes(next.character);
    if (isFirst && !isEnd) opening = i;
    else if (isEnd && !isFirst && opening !== null) {
      pairs.push([opening, i]);
      opening = null;
    }
  }
  return pairs;
}

function likeliestQuote(opening: Letter, closing: Letter): string {
  const likelihood = (mark: string) => probabilityOfQuote(opening, mark) * probabilityOfQuote(closing, mark);
  return ["`", "'", '"'].reduce((best, mark) => likelihood(mark) > likelihood(best) ? mark : best);
}

/** Carets and tildes do not quote, but are what the network says to backticks. */
function probabilityOfQuote(letter: Letter, mark: string): number {
  const names = mark === "`" ? ["`", "^", "~"] : [mark];
  return names.reduce((sum, name) => sum + letter.probabilityOf(name), 0);
}
