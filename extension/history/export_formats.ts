// A chat as a file for other programs. Whatever stands in it was written by people and models, and is escaped.

import { createHash } from "node:crypto";
import type { Translate } from "../error_messages.ts";
import { htmlText } from "../html_text.ts";
import { openedFileName } from "../picture_copies.ts";
import type { RecordingRef } from "../../host/recording_store.ts";
import type { PictureRef } from "../../protocol/conversation.ts";
import type { ExportedChat, ExportedPicture, ExportedRecording, ExportedTurn } from "./exported.ts";
import { asPlainText, harmlessMarkdown } from "./harmless_markdown.ts";

/** Raised when the exported JSON changes its form. */
const JSON_FORM = 1;

/** A file that goes beside a Markdown export. */
export interface ExportedFile {
  /** In the store. */
  readonly stored: PictureRef | RecordingRef;
  readonly fileName: string;
}

/** The files beside a Markdown export, each once, by the hash of what is in them. */
export function exportedFiles(chat: ExportedChat): ReadonlyMap<string, ExportedFile> {
  const files = chat.turns.flatMap(({ pictures, recordings }) => [
    ...pictures.map(({ picture, format }) => fileOf(picture, format ?? undefined)),
    ...recordings.flatMap(({ file }) => file === null ? [] : [fileOf(file, file.format)]),
  ]);
  return new Map(files.map((file) => [file.stored.sha256, file]));
}

function fileOf(stored: PictureRef | RecordingRef, format: string | undefined): ExportedFile {
  // Blanks would have to be escaped in Markdown.
  return { stored, fileName: openedFileName(stored, format).replaceAll(/\s+/g, "-") };
}

/** @param folder of the pictures and recordings, relative to the file */
export function toMarkdown(chat: ExportedChat, folder: string, t: Translate): string {
  const files = exportedFiles(chat);
  const linkTo = (name: string, { sha256 }: PictureRef) => {
    const fileName = files.get(sha256)?.fileName ?? "";
    return `[${asPlainText(name)}](${encodeURIComponent(folder)}/${encodeURIComponent(fileName)})`;
  };
  const recordingLine = ({ name, file }: ExportedRecording) =>
    file === null ? asPlainText(name) : linkTo(name, file);
  const turnText = (turn: ExportedTurn) => [
    `## ${t("Question")}`,
    ...turn.pictures.map(({ name, picture }) => `!${linkTo(name, picture)}`),
    ...turn.recordings.map(recordingLine),
    quoted(asPlainText(turn.question).replaceAll("\n", "\\\n")),
    ...(turn.thinking === null ? [] : [`### ${t("Thinking")}`, quoted(asPlainText(turn.thinking))]),
    `### ${answerHeading(turn, t, asPlainText)}`,
    harmlessMarkdown(turn.answer),
    ...(turn.ending === null ? [] : [`*${asPlainText(turn.ending)}*`]),
  ];
  const parts = [`# ${asPlainText(chat.title)}`, ...chat.turns.flatMap(turnText)];
  return parts.filter((part) => part !== "").join("\n\n") + "\n";
}

export function toJson(chat: ExportedChat): string {
  const turns = chat.turns.map(({ pictures, recordings, thinking, ...turn }) => ({
    ...turn,
    ...(thinking === null ? {} : { thinking }),
    pictures: pictures.map(({ picture, name, format }) => ({ ...picture, name, format })),
    recordings: recordings.map(({ name, file }) => ({ ...file, name })),
  }));
  const { title, createdMs } = chat;
  const createdAt = new Date(createdMs).toISOString();
  return JSON.stringify({ form: JSON_FORM, title, createdAt, turns }, null, 2) + "\n";
}

const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
section { margin: 0 0 2.5rem; }
h2, summary { font-size: .85rem; font-weight: 600; opacity: .7; margin: 1rem 0 .25rem; }
p, pre, details div { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; unicode-bidi: plaintext; }
.question { padding: .75rem 1rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; }
pre { padding: .75rem 1rem; margin: .5rem 0; overflow-x: auto; white-space: pre; font: .875rem/1.45 ui-monospace, monospace;
  background: color-mix(in srgb, currentColor 8%, transparent); border-radius: .5rem; direction: ltr; unicode-bidi: isolate; }
figure { margin: .5rem 0; }
figcaption { font-size: .85rem; opacity: .7; unicode-bidi: isolate; }
img { max-width: 100%; max-height: 32rem; border-radius: .25rem; }
em { opacity: .7; }
`;

/**
 * One page that needs nothing else and can do nothing: no script runs in it, and it loads nothing.
 * @param source a picture as a data URL; null when it is gone
 */
export function toHtml(
  chat: ExportedChat,
  source: (picture: ExportedPicture) => string | null,
  { language, t }: { readonly language: string; readonly t: Translate },
): string {
  const styleHash = createHash("sha256").update(STYLE).digest("base64");
  const policy =
    `default-src 'none'; img-src data:; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  const figure = (picture: ExportedPicture) => {
    const address = source(picture);
    const shown = address === null
      ? `<p>${htmlText(t("{0} is no longer there.", picture.name))}</p>`
      : `<img alt="${htmlText(picture.name)}" src="${htmlText(address)}">`;
    return `<figure>${shown}<figcaption>${htmlText(picture.name)}</figcaption></figure>`;
  };
  const caption = ({ name }: ExportedRecording) =>
    `<figure><figcaption>${
      htmlText(t("{0} (a recording, which is not in this file)", name))
    }</figcaption></figure>`;
  const section = (turn: ExportedTurn) =>
    [
      "<section>",
      `<h2>${htmlText(t("Question"))}</h2>`,
      `<div class="question">${turn.pictures.map(figure).join("")}${
        turn.recordings.map(caption).join("")
      }<p>${htmlText(turn.question)}</p></div>`,
      ...(turn.thinking === null ? [] : [
        `<details><summary>${htmlText(t("Thinking"))}</summary><div>${
          htmlText(turn.thinking)
        }</div></details>`,
      ]),
      `<h2>${answerHeading(turn, t, htmlText)}</h2>`,
      answerHtml(turn.answer),
      ...(turn.ending === null ? [] : [`<p><em>${htmlText(turn.ending)}</em></p>`]),
      "</section>",
    ].join("\n");
  return `<!DOCTYPE html>
<html lang="${htmlText(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${htmlText(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlText(chat.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${htmlText(chat.title)}</h1>
${chat.turns.map(section).join("\n")}
</body>
</html>
`;
}

/** Prose as it was written, and blocks of code as such. */
function answerHtml(answer: string): string {
  const parts = answer.split(/^ {0,3}```[^`\n]*\n([\s\S]*?)(?:^ {0,3}```[ \t]*$|$(?![\s\S]))/m);
  return parts.map((part, index) => {
    if (index % 2 === 1) return `<pre>${htmlText(part.replace(/\n$/, ""))}</pre>`;
    return part.trim() === "" ? "" : `<p>${htmlText(part.trim())}</p>`;
  }).join("\n");
}

function answerHeading({ modelName }: ExportedTurn, t: Translate, escape: (text: string) => string): string {
  return modelName === null ? t("Answer") : `${t("Answer")} (${escape(modelName)})`;
}

function quoted(text: string): string {
  return text.replaceAll(/^/gm, "> ");
}
