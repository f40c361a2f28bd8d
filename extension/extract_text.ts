// Reads the text of picture files and puts it into a new editor or onto the clipboard.

import {
  CancellationError,
  env,
  l10n,
  type LogOutputChannel,
  ProgressLocation,
  type Uri,
  window,
  workspace,
} from "vscode";
import { displayName } from "../host/display_name.ts";
import type { PictureStore } from "../host/picture_store.ts";
import { Failure } from "../protocol/errors.ts";
import { failureSentence } from "./error_messages.ts";
import { GrowingEditor } from "./growing_editor.ts";
import { nameAt, storePictureAt } from "./picture_reader.ts";
import { usePictures } from "./picture_use.ts";
import type { SendRequest } from "./sidecar.ts";
import { hasText, joinTexts, type PictureOutcome, summarize, type Summary } from "./text_outcomes.ts";

/** What reading text needs from outside. */
export interface ExtractTextParts {
  readonly store: PictureStore;
  readonly request: SendRequest;
  readonly log: LogOutputChannel;
}

/** Where the text goes. */
export type TextTarget = "editor" | "clipboard";

/**
 * Reads the text of pictures, one after the other, with progress that can be stopped. In an editor the text of each
 * stands as soon as it is read.
 */
export async function extractText(
  uris: readonly Uri[],
  target: TextTarget,
  parts: ExtractTextParts,
): Promise<void> {
  const startMs = performance.now();
  const editor = new GrowingEditor();
  const outcomes = await readAll(uris, parts, async (soFar) => {
    if (target === "editor" && hasText(soFar)) await editor.show(joinTexts(soFar, uris.length, l10n.t));
  });
  const readCount = outcomes.filter(({ kind }) => kind === "read").length;
  const spentMs = (performance.now() - startMs).toFixed(0);
  parts.log.info(`text: read from ${readCount} of ${uris.length} pictures in ${spentMs} ms`);
  if (target === "clipboard" && hasText(outcomes)) await copy(outcomes);
  await tell(outcomes, target);
}

async function readAll(
  uris: readonly Uri[],
  parts: ExtractTextParts,
  onOutcome: (soFar: readonly PictureOutcome[]) => Promise<void>,
): Promise<readonly PictureOutcome[]> {
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t("Reading text"),
    cancellable: true,
  };
  return await window.withProgress(options, async (progress, token) => {
    const stopping = new AbortController();
    token.onCancellationRequested(() => stopping.abort(new CancellationError()));
    const outcomes: PictureOutcome[] = [];
    for (const [index, uri] of uris.entries()) {
      const place = uris.length === 1 ? "" : ` (${index + 1}/${uris.length})`;
      progress.report({ message: `${nameAt(uri)}${place}`, increment: index === 0 ? 0 : 100 / uris.length });
      outcomes.push(await readOne(uri, stopping.signal, parts));
      await onOutcome(outcomes);
    }
    return outcomes;
  });
}

async function readOne(uri: Uri, signal: AbortSignal, parts: ExtractTextParts): Promise<PictureOutcome> {
  const { store, request, log } = parts;
  const name = nameInWorkspace(uri);
  try {
    signal.throwIfAborted();
    const picture = await storePictureAt(uri, store);
    await usePictures((used) => store.pathOf(used), [picture]);
    const { text } = await request("sightline/readText", { picture }, { signal });
    return { kind: "read", name, text };
  } catch (error) {
    if (signal.aborted) return { kind: "stopped", name };
    log.error(`text: a picture could not be read (${error instanceof Failure ? error.kind : String(error)})`);
    return { kind: "failed", name, reason: failureSentence(error, l10n.t) };
  }
}

/** Tells pictures of the same name in different folders apart. */
function nameInWorkspace(uri: Uri): string {
  return workspace.getWorkspaceFolder(uri) === undefined
    ? nameAt(uri)
    : displayName(workspace.asRelativePath(uri));
}

async function copy(outcomes: readonly PictureOutcome[]): Promise<void> {
  await env.clipboard.writeText(joinTexts(outcomes, outcomes.length, l10n.t));
}

/** Says how it went, and offers to copy what stands in the editor. */
async function tell(outcomes: readonly PictureOutcome[], target: TextTarget): Promise<void> {
  const summary = summarize(outcomes, target, l10n.t);
  if (summary === null) return;
  const buttons = target === "editor" && hasText(outcomes) ? [l10n.t("Copy")] : [];
  if (await show(summary, buttons) !== undefined) await copy(outcomes);
}

function show({ loudness, text }: Summary, buttons: readonly string[]): Thenable<string | undefined> {
  switch (loudness) {
    case "error":
      return window.showErrorMessage(text, ...buttons);
    case "warning":
      return window.showWarningMessage(text, ...buttons);
    case "information":
      return window.showInformationMessage(text, ...buttons);
  }
}
