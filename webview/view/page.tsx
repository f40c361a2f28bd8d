import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import type { PanelPicture, ToPanel } from "../../protocol/panel.ts";
import { createHighlighter } from "../answer/highlight.ts";
import type { Renderers } from "../answer/renderers.ts";
import { WorkspaceFiles } from "../answer/workspace_files.ts";
import { useAttaching } from "../attaching.ts";
import { Board } from "../board.ts";
import { useSetDraft } from "../draft.ts";
import { useFollowing } from "../following.ts";
import type { Host } from "../host.ts";
import { useEscape } from "../keys.ts";
import { markdownRenderer } from "../markdown.ts";
import { type PageState, reduce } from "../state.ts";
import { translator } from "../texts.ts";
import { Announcer } from "./announcer.tsx";
import { Composer } from "./composer.tsx";
import { Conversation } from "./conversation.tsx";
import { DropTarget } from "./drop_target.tsx";
import { EmptyState } from "./empty_state.tsx";
import { Icon } from "./icon.tsx";
import { type Look, PanelContext, type PanelTools, usePanel } from "./panel_context.ts";
import { PictureLook } from "./picture_look.tsx";
import { Refusals } from "./refusals.tsx";
import { PictureEditor } from "./region/picture_editor.tsx";

interface PageProps {
  readonly host: Host;
  readonly renderers: Renderers;
}

/** The whole page; empty until the extension has said what to show. */
export function Page({ host, renderers }: PageProps): JSX.Element | null {
  const [state, apply] = useReducer(applyAll, null);
  useLayoutEffect(() => host.listen(apply), [host]);
  const chatId = state?.panel.id;
  useEffect(() => {
    if (chatId === undefined) return;
    host.keep({ chatId });
    // What VS Code hands to the commands of the page's menu.
    document.body.dataset["vscodeContext"] = JSON.stringify({ chatId });
  }, [host, chatId]);
  const [look, setLook] = useState<Look | null>(null);
  const [edited, setEdited] = useState<PanelPicture | null>(null);
  const texts = state?.texts;
  const tools = useMemo((): PanelTools | null => {
    if (texts === undefined) return null;
    return {
      post: host.post,
      t: translator(texts),
      renderMarkdown: markdownRenderer(),
      highlighter: createHighlighter(),
      renderers,
      files: new WorkspaceFiles((paths) => host.post({ kind: "find-files", paths })),
      pointedBoxes: new Board(),
      seeks: new Board(),
      words: new Board(),
      look: setLook,
      edit: setEdited,
    };
  }, [host, renderers, texts]);
  useLayoutEffect(() => {
    if (state !== null) tools?.files.tell(state.files);
  }, [tools, state?.files]);
  if (state === null || tools === null) return null;
  return (
    <PanelContext.Provider value={tools}>
      <Shown {...{ host, state, tools, apply, edited, setEdited }} />
      {look !== null && <PictureLook look={look} close={() => setLook(null)} />}
    </PanelContext.Provider>
  );
}

function applyAll(state: PageState | null, messages: readonly ToPanel[]): PageState | null {
  return messages.reduce(reduce, state);
}

interface ShownProps {
  readonly host: Host;
  readonly state: PageState;
  readonly tools: PanelTools;
  readonly apply: (messages: readonly ToPanel[]) => void;
  /** The picture that is drawn on. */
  readonly edited: PanelPicture | null;
  readonly setEdited: (picture: PanelPicture | null) => void;
}

function Shown({ host, state, tools: { post, t }, apply, edited, setEdited }: ShownProps): JSX.Element {
  const { panel, focusCount, replacement } = state;
  const { scroller, content, isFollowing, follow } = useFollowing(panel.turns.length > 0);
  const setDraft = useSetDraft(host, apply);
  const [notice, setNotice] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const { paste, drop } = useAttaching({ post, t, apply, setNotice, field });

  useEffect(() => {
    if (focusCount > 0) field.current?.focus();
  }, [focusCount]);
  // A question that was just asked is what the person wants to see.
  useLayoutEffect(follow, [panel.turns.at(-1)?.id]);
  // What was said about a question or a paste is over once something came of it.
  useEffect(() => setNotice(null), [panel.turns.at(-1)?.state.kind, panel.attachments, panel.refusals]);
  useEscape(panel, post);

  const dismiss = (id: string): void => {
    // Some are this page's own, of which the extension does not know.
    apply([{ kind: "refusal-dismissed", id }]);
    post({ kind: "dismiss-refusal", id });
    field.current?.focus();
  };
  return (
    <>
      <main ref={scroller} class="conversation" aria-label={t("Conversation")}>
        <div ref={content} class="column">
          {panel.turns.length === 0
            ? <EmptyState model={panel.model} paste={paste} />
            : <Conversation turns={panel.turns} />}
        </div>
      </main>
      <div class="column foot">
        {!isFollowing && <JumpButton jump={follow} />}
        <Refusals refusals={panel.refusals} dismiss={dismiss} />
        <Composer {...{ panel, setDraft, field, notice, setNotice }} />
      </div>
      <Announcer panel={panel} notice={notice} />
      <DropTarget drop={drop} />
      {edited !== null && edited.receipt !== null && (
        <PictureEditor
          key={edited.id}
          picture={edited}
          receipt={edited.receipt}
          canEdit={panel.attachments.some(({ id }) => id === edited.id) || replacement?.id === edited.id}
          reply={replacement}
          close={() => setEdited(null)}
          finish={(about) => {
            if (about !== null) setDraft({ ...panel.draft, about });
            field.current?.focus();
          }}
        />
      )}
    </>
  );
}

function JumpButton({ jump }: { readonly jump: () => void }): JSX.Element {
  const { t } = usePanel();
  return (
    <button type="button" class="jump" onClick={jump}>
      <Icon name="down" />
      {t("Jump to Latest")}
    </button>
  );
}
