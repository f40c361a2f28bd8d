// A conversation to the token ids of a prompt, with the places where visual tokens go.
// @see minicpmv45-spec.md sections 5.2 to 5.6

import type { Box } from "../../protocol/conversation.ts";
import type { PictureMarkers } from "../checkpoint/config.ts";
import type { Grid } from "../image/slice.ts";
import type { ChatTemplate, TemplateMessage } from "./chat_template.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** A piece of a user's message. */
export type PromptPart =
  | { readonly kind: "text"; readonly text: string }
  /** A still picture: the overview and, with a grid, its cells. */
  | { readonly kind: "picture"; readonly grid: Grid | null }
  /** One packing group of video frames, each sliced alike. Not numbered. */
  | { readonly kind: "frames"; readonly grid: Grid | null }
  /** The part of a picture that the message is about; pictures are numbered from 0. */
  | { readonly kind: "box"; readonly picture: number; readonly box: Box };

export type PromptMessage =
  | { readonly role: "user"; readonly content: readonly PromptPart[] }
  | { readonly role: "assistant"; readonly text: string; readonly thinking: string };

/** A reply that was cut off and goes on from here. */
export interface ReplyBeginning {
  readonly thinking: string;
  /** Empty when the reply was cut off within its trace. */
  readonly text: string;
}

/** What a checkpoint needs to write prompts. */
export interface PromptFormat {
  readonly template: ChatTemplate;
  readonly tokenizer: Tokenizer;
  readonly markers: PictureMarkers;
  readonly usesImageIds: boolean;
  /** Visual tokens of a slice or of a group of frames. */
  readonly queryCount: number;
}

/** A prompt ready for prefill. */
export interface Prompt {
  readonly text: string;
  readonly ids: readonly number[];
  /** Indices into `ids` that visual tokens replace: `queryCount` for each slice or group, in order. */
  readonly visualPositions: readonly number[];
}

/**
 * Writes the prompt of a conversation. Texts of people, pictures and earlier answers can never become special
 * tokens: what looks like one is tokenised as plain characters.
 * @param beginning of the reply, where it is to be continued
 */
export function writePrompt(
  messages: readonly PromptMessage[],
  thinking: boolean,
  format: PromptFormat,
  beginning?: ReplyBeginning,
): Prompt {
  const breakMark = unusedCharacter([messages, beginning]);
  const plain = (text: string) => breakTokens(text, format.tokenizer.addedTokens, breakMark);
  const hasSeveral = messages.flatMap((message) => message.role === "user" ? message.content : [])
    .filter(({ kind }) => kind === "picture").length > 1;
  let pictureCount = 0;
  const rendered = format.template.render(
    messages.map((message): TemplateMessage => {
      if (message.role === "assistant") {
        return {
          role: "assistant",
          content: plain(message.text),
          reasoning_content: plain(message.thinking),
        };
      }
      const parts = message.content.map((part) => {
        switch (part.kind) {
          case "text":
            return plain(part.text);
          case "picture":
            return imageId(pictureCount++, format) + slices(part.grid, format);
          case "frames":
            return slices(part.grid, format);
          case "box":
            return (hasSeveral ? imageId(part.picture, format) : "") + boxMark(part.box);
        }
      });
      return { role: "user", content: parts.join("\n") };
    }),
    thinking,
  ) + (beginning === undefined ? "" : begin(beginning, thinking, plain));
  const ids = rendered.split(breakMark).flatMap((piece) => format.tokenizer.encode(piece));
  return { text: rendered.replaceAll(breakMark, ""), ids, visualPositions: findSlots(ids, format) };
}

/** Ends a trace as the template does. */
export const TRACE_END = "\n</think>\n\n";

function begin(
  { thinking, text }: ReplyBeginning,
  isThinking: boolean,
  plain: (text: string) => string,
): string {
  if (!isThinking) return plain(text);
  return plain(thinking) + (text === "" ? "" : TRACE_END + plain(text));
}

function imageId(index: number, { usesImageIds, markers }: PromptFormat): string {
  return usesImageIds ? `${markers.imageIdStart}${index}${markers.imageIdEnd}` : "";
}

/** The way in which the models name a part of a picture themselves. @see minicpmv45-spec.md section 5.9 */
function boxMark({ left, top, right, bottom }: Box): string {
  return `<box>${left} ${top} ${right} ${bottom}</box>`;
}

/** The overview, then the grid's rows, a line feed between them. */
function slices(grid: Grid | null, format: PromptFormat): string {
  const { imageStart, imageEnd, sliceStart, sliceEnd } = format.markers;
  const row = slot(sliceStart, sliceEnd, format).repeat(grid?.columns ?? 0);
  return slot(imageStart, imageEnd, format) + Array.from({ length: grid?.rows ?? 0 }, () => row).join("\n");
}

function slot(start: string, end: string, { markers, queryCount }: PromptFormat): string {
  return start + markers.placeholder.repeat(queryCount) + end;
}

/** Positions between a start marker and its end marker. */
function findSlots(ids: readonly number[], { tokenizer, markers }: PromptFormat): number[] {
  const starts = [markers.imageStart, markers.sliceStart].map((text) => tokenizer.tokenId(text));
  const ends = [markers.imageEnd, markers.sliceEnd].map((text) => tokenizer.tokenId(text));
  const positions: number[] = [];
  let isInside = false;
  ids.forEach((id, i) => {
    if (starts.includes(id)) isInside = true;
    else if (ends.includes(id)) isInside = false;
    else if (isInside) positions.push(i);
  });
  return positions;
}

/** A character that stands in none of the texts; private use, so no tokenizer gives it a meaning. */
function unusedCharacter(texts: unknown): string {
  const all = JSON.stringify(texts);
  for (let code = 0xe000; code < 0xf8ff; code++) {
    const character = String.fromCharCode(code);
    if (!all.includes(character)) return character;
  }
  throw new RangeError("the conversation uses every private-use character");
}

/** Puts a mark behind the first character of everything that would become one token. */
function breakTokens(text: string, tokens: readonly string[], mark: string): string {
  for (const token of tokens) {
    if (token.length > 1) text = text.replaceAll(token, token[0] + mark + token.slice(1));
  }
  return text;
}
