// What the chat's page asks for, each done by one call.

import { commands, env, l10n, Uri, workspace } from "vscode";
import type { PictureStore } from "../host/picture_store.ts";
import { Failure } from "../protocol/errors.ts";
import type { ToPanel } from "../protocol/panel.ts";
import type { Chat } from "./chat.ts";
import type { PanelAsk } from "./chat_page.ts";
import type { Attachment } from "./chat_turn.ts";
import { insertCode, openNewFile } from "./code_uses.ts";
import { describeFailure } from "./error_messages.ts";
import { copyForOpening } from "./picture_copies.ts";
import { askForPictures, IMAGE_PREVIEW } from "./picture_choice.ts";
import { parseAddress } from "./picture_reader.ts";
import { doRecordingAsk } from "./recording_asks.ts";
import { replaceAttachment } from "./replace_attachment.ts";
import { nameFiles, openPlace } from "./workspace_files.ts";

/** What doing it needs. */
export interface AskParts {
  readonly chat: Chat;
  readonly store: PictureStore;
  /** Begins another conversation in the place of this one. */
  readonly begin: () => Promise<void>;
  /** Tells the page. */
  readonly post: (message: ToPanel) => void;
  /** For copies of pictures that are opened in an editor. */
  readonly openedFolder: string;
}

/** Does what the page asks for. */
export async function doAsk(ask: PanelAsk, parts: AskParts): Promise<void> {
  const { chat } = parts;
  switch (ask.kind) {
    case "attach-bytes":
      return await chat.attachBytes(ask.bytes, ask.name);
    case "attach-addresses":
      return await attachAddresses(ask.addresses, chat);
    case "nothing-to-attach":
      return chat.refuse({
        kind: "picture-missing",
        headline: l10n.t("Nothing was added."),
        message: l10n.t(
          "What was pasted or dropped holds no picture. Copy a picture or a file; to drop from the Explorer, hold Shift.",
        ),
        actions: [],
      });
    case "choose-files":
      await chat.attachFiles(await askForPictures(l10n.t("Add")));
      return;
    case "detach":
      return chat.conversation.detach(ask.id);
    case "replace-attachment":
      return await replaceAttachment(ask.id, ask.bytes, parts);
    case "dismiss-refusal":
      return chat.conversation.dismissRefusal(ask.id);
    case "open-picture":
      return await openPicture(chat.conversation.attachment(ask.id), parts);
    case "ask":
      return await chat.ask(ask.text, ask.depth, ask.about);
    case "draft":
      return chat.write(ask.draft);
    case "stop":
      return chat.stop(ask.turnId);
    case "retry":
      return chat.retry(ask.turnId);
    case "drop-pictures":
      return chat.retry(ask.turnId, { dropsOldPictures: true });
    case "skip-thinking":
      return await chat.skipThinking(ask.turnId);
    case "continue":
      return chat.goOn(ask.turnId);
    case "edit":
      return chat.edit(ask.turnId, ask.text);
    case "show-version":
      return chat.conversation.showVersion(ask.turnId, ask.position);
    case "copy":
      return await env.clipboard.writeText(ask.text);
    case "insert-code":
      return await insertCode(ask.text);
    case "new-file":
      return await openNewFile(ask.text, ask.language);
    case "find-files":
      return parts.post({ kind: "files", files: await nameFiles(ask.paths) });
    case "open-place":
      return await openPlace(ask);
    case "new-chat":
      return await parts.begin();
    case "show-log":
      return await commands.executeCommand("sightline.showLog");
    case "show-full-model":
      return await commands.executeCommand("sightline.showFullModel");
    default:
      return await doRecordingAsk(ask, chat);
  }
}

async function attachAddresses(addresses: readonly string[], chat: Chat): Promise<void> {
  const uris: Uri[] = [];
  for (const address of addresses) {
    try {
      uris.push(parseAddress(address));
    } catch (error) {
      chat.refuse(describeFailure(error, "picture", l10n.t));
    }
  }
  await chat.attachFiles(uris);
}

/** Opens the file a picture came from, or a copy where there is no such file. */
async function openPicture(
  attachment: Attachment | undefined,
  { store, openedFolder }: AskParts,
): Promise<void> {
  if (attachment === undefined) return;
  const { origin } = attachment;
  const file = origin === null ? null : Uri.parse(origin);
  if (file !== null && await workspace.fs.stat(file).then(() => true, () => false)) {
    await commands.executeCommand("vscode.open", file);
    return;
  }
  if (attachment.kind === "recording") return;
  const { picture, receipt } = attachment;
  const stored = store.pathOf(picture);
  const copy = await copyForOpening(stored, openedFolder, picture, receipt?.format).catch(
    (cause: unknown) => {
      const message =
        `Cannot open picture "${picture.name}": its copy on this machine is gone. Add it again.`;
      throw new Failure("picture-missing", message, { subject: picture.name, cause });
    },
  );
  await commands.executeCommand("vscode.openWith", Uri.file(copy), IMAGE_PREVIEW);
}
