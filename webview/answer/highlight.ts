// Colours code. While a block grows, it is coloured a line at a time at first and then ever less often, so that the
// work stays in proportion to its length; what is not coloured yet is shown plain, and never loses a colour again.

import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import powershell from "highlight.js/lib/languages/powershell";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import scss from "highlight.js/lib/languages/scss";
import shell from "highlight.js/lib/languages/shell";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const LANGUAGES = {
  ...{ bash, c, cpp, csharp, css, diff, dockerfile, go, ini, java, javascript, json, kotlin, markdown, php },
  ...{ powershell, python, ruby, rust, scss, shell, sql, swift, typescript, xml, yaml },
};

/** Longer code stays plain. */
export const MAX_COLOURED_CHARACTERS = 100_000;

/** While it grows, a block is coloured up to here; the whole of it takes long enough to be noticed. */
const MAX_GROWING_CHARACTERS = 20_000;

/** A growing block is coloured again when it has grown by this part of what is coloured. */
const GROWTH = 1 / 8;

/** Colours code by putting classes around its words. */
export interface Highlighter {
  /** HTML of the code; null for a language that is not known. */
  colour(code: string, language: string): string | null;
}

/** Makes a highlighter of the languages that are most often seen in pictures of code. */
export function createHighlighter(): Highlighter {
  const own = highlighter.newInstance();
  for (const [name, language] of Object.entries(LANGUAGES)) own.registerLanguage(name, language);
  own.registerAliases(["jsonc", "json5"], { languageName: "json" });
  own.registerAliases(["vue", "svelte"], { languageName: "xml" });
  return {
    colour: (code, language) => {
      if (own.getLanguage(language) === undefined) return null;
      return own.highlight(code, { language, ignoreIllegals: true }).value;
    },
  };
}

/**
 * How much of a block is to be coloured now.
 * @param colouredLength how much is
 */
export function lengthToColour(text: string, colouredLength: number, isClosed: boolean): number {
  if (text.length > MAX_COLOURED_CHARACTERS) return colouredLength;
  if (isClosed) return text.length;
  const complete = text.lastIndexOf("\n", MAX_GROWING_CHARACTERS) + 1;
  return complete - colouredLength > colouredLength * GROWTH ? complete : colouredLength;
}
