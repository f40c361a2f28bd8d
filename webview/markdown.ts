// Markdown to HTML, one piece for each block at the top level, so that a growing answer redraws its last block only.
// The text is a model's and untrusted: HTML in it is shown as text, pictures are not loaded, and only links that
// leave through the person's browser or mail program are links. What comes out still goes through sanitise.ts.

import createMarkdownIt, { type MarkdownIt, type Token } from "markdown-it";
import { readFormulas } from "./answer/formula_syntax.ts";
import type { Island } from "./answer/island.ts";
import { type IslandEnvironment, renderIslands } from "./answer/island_rules.ts";
import { readMarks } from "./answer/mark_syntax.ts";

/** A paragraph, list, table, code block …, rendered. */
export interface Block {
  /** Where it begins in the text, in UTF-16 units. */
  readonly start: number;
  readonly html: string;
  /** What belongs into the HTML's elements of the class "island", in their order. */
  readonly islands: readonly Island[];
}

/** A text and its blocks. */
export interface Rendering {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Renders a text; where it continues `earlier`, all but the last block of it are kept. */
export type RenderMarkdown = (text: string, earlier?: Rendering) => Rendering;

/** Addresses a person may follow from an answer. */
const LINK = /^(?:https?:\/\/|mailto:)/i;

/** Makes a renderer. */
export function markdownRenderer(): RenderMarkdown {
  const markdown = createMarkdown();
  return (text, earlier) => {
    const last = earlier?.blocks.at(-1);
    if (earlier === undefined || last === undefined || !text.startsWith(earlier.text)) {
      return { text, blocks: renderBlocks(markdown, text, 0) };
    }
    return { text, blocks: [...earlier.blocks.slice(0, -1), ...renderBlocks(markdown, text, last.start)] };
  };
}

function renderBlocks(markdown: MarkdownIt, text: string, start: number): Block[] {
  const source = text.slice(start);
  const environment: IslandEnvironment = { lines: source.split("\n"), islands: [] };
  const tokens = markdown.parse(source, environment);
  const lineStarts = startsOfLines(source);
  return groupByBlock(tokens).map((group) => {
    environment.islands = [];
    const html = markdown.renderer.render(group, markdown.options, environment);
    const { islands } = environment;
    return { start: start + (lineStarts[group[0]?.map?.[0] ?? 0] ?? 0), html, islands };
  });
}

/** Cuts the tokens where a block at the top level ends. */
function groupByBlock(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  let depth = 0;
  for (const token of tokens) {
    if (depth === 0) groups.push([]);
    groups.at(-1)?.push(token);
    depth += token.nesting;
  }
  return groups;
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return starts;
}

function createMarkdown(): MarkdownIt {
  const markdown = createMarkdownIt({ html: false, linkify: false, breaks: true });
  readFormulas(markdown);
  readMarks(markdown);
  renderIslands(markdown);
  const { escapeHtml } = markdown.utils;
  const { rules } = markdown.renderer;
  markdown.validateLink = (address) => LINK.test(address);

  rules["image"] = (tokens, index) => {
    const token = tokens[index];
    return escapeHtml(`![${token?.content ?? ""}](${token?.attrGet("src") ?? ""})`);
  };
  rules["link_open"] = (tokens, index, options, _environment, renderer) => {
    const token = tokens[index];
    // The address shows before a click, whatever the text claims.
    token?.attrSet("title", String(token.attrGet("href") ?? ""));
    return renderer.renderToken(tokens, index, options);
  };

  rules["th_open"] = rules["td_open"] = (tokens, index) => {
    const token = tokens[index];
    // The page's content security policy forbids style attributes.
    const [, side] = /text-align:(left|center|right)/.exec(String(token?.attrGet("style") ?? "")) ?? [];
    return side === undefined ? `<${token?.tag}>` : `<${token?.tag} class="align-${side}">`;
  };
  return markdown;
}
