// Islands on their way through the parser: a token that carries one becomes an empty element in the HTML, and the
// island goes to a list beside.

import type { Env, MarkdownIt, StateBlock, StateCore, StateInline, Token } from "markdown-it";
import { type Island, ISLAND_CLASS } from "./island.ts";

/** What the renderer must be given: the text's lines, and a list for its islands. */
export interface IslandEnvironment extends Env {
  readonly lines: readonly string[];
  islands: Island[];
}

const INLINE = `<span class="${ISLAND_CLASS}"></span>`;
const BLOCK = `<div class="${ISLAND_CLASS}"></div>\n`;

/** A token that carries an island. */
export function islandToken(
  { Token }: StateCore | StateBlock | StateInline,
  where: "inline" | "block",
  island: Island,
): Token {
  const token = new Token(`island_${where}`, "", 0);
  token.meta = { island };
  return token;
}

/** Adds an island where the parser is. */
export function pushIsland(state: StateBlock | StateInline, island: Island): Token {
  const token = state.push("pos" in state ? "island_inline" : "island_block", "", 0);
  token.meta = { island };
  return token;
}

/** Makes a renderer leave room for islands. It must be given an {@link IslandEnvironment}. */
export function renderIslands({ renderer: { rules } }: MarkdownIt): void {
  const put = (environment: Env | undefined, island: Island | undefined): void => {
    if (island !== undefined) (environment as IslandEnvironment).islands.push(island);
  };
  rules["island_inline"] = (tokens, index, _options, environment) => {
    put(environment, islandOf(tokens[index]));
    return INLINE;
  };
  rules["island_block"] = (tokens, index, _options, environment) => {
    put(environment, islandOf(tokens[index]));
    return BLOCK;
  };
  rules["fence"] = rules["code_block"] = (tokens, index, _options, environment) => {
    const token = tokens[index];
    const { lines } = environment as IslandEnvironment;
    const language = token?.info.trim().split(/\s/, 1)[0] ?? "";
    put(environment, {
      kind: "code",
      language,
      text: token?.content ?? "",
      isClosed: isClosed(token, lines),
    });
    return BLOCK;
  };
  rules["table_open"] = (tokens, index, _options, environment) => {
    put(environment, { kind: "table", rows: rowsOf(tokens, index) });
    return `<div class="table-frame">${BLOCK}<div class="table"><table>\n`;
  };
  rules["table_close"] = () => "</table></div></div>\n";
}

function islandOf(token: Token | undefined): Island | undefined {
  return token?.meta?.["island"] as Island | undefined;
}

/** Whether a fenced block ends with a line of its own, and not with the text. Indented ones have no such line. */
function isClosed(token: Token | undefined, lines: readonly string[]): boolean {
  const [start = 0, end = 0] = token?.map ?? [];
  const last = lines[end - 1]?.replace(/^[\s>]*/, "") ?? "";
  return token?.type === "code_block" || (end - 1 > start && last.startsWith(token?.markup ?? "```"));
}

/** The texts of a table's cells. */
function rowsOf(tokens: readonly Token[], start: number): readonly (readonly string[])[] {
  const rows: string[][] = [];
  for (let index = start; index < tokens.length && tokens[index]?.type !== "table_close"; index++) {
    const token = tokens[index];
    if (token?.type === "tr_open") rows.push([]);
    if (token?.type === "inline") rows.at(-1)?.push(textOf(token.children ?? []));
  }
  return rows;
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map((token) => {
    const island = islandOf(token);
    if (island?.kind === "formula") return island.source;
    if (island?.kind === "boxes") return island.label;
    return token.type.endsWith("break") ? " " : token.content;
  }).join("");
}
