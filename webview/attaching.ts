import type { RefObject } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { FromPanel, PanelFailure, ToPanel } from "../protocol/panel.ts";
import { attachFiles } from "./attach.ts";
import { readClipboardPictures } from "./clipboard.ts";
import type { Translate } from "./texts.ts";
import { readTransfer } from "./transfer.ts";

/** What bringing pictures in needs of the page; none of it changes while the page lives. */
export interface AttachingTools {
  readonly post: (message: FromPanel) => void;
  readonly t: Translate;
  readonly apply: (messages: readonly ToPanel[]) => void;
  readonly setNotice: (notice: string) => void;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

/** The ways in for pictures. */
export interface Attaching {
  /** Takes what was dropped. */
  readonly drop: (transfer: DataTransfer) => void;
  /** Takes what is on the clipboard, after a press of a button. */
  readonly paste: () => void;
}

/** Attaches pictures that are pasted anywhere on the page, and gives the other ways in. */
export function useAttaching(tools: AttachingTools): Attaching {
  const { post, t, apply, setNotice, field } = tools;
  const { receive, drop, paste } = useMemo(() => createAttaching(tools), [post, t, apply, setNotice, field]);
  useEffect(() => {
    const pasted = (event: ClipboardEvent): void => {
      if (event.clipboardData !== null && receive(event.clipboardData)) event.preventDefault();
    };
    document.addEventListener("paste", pasted);
    return () => document.removeEventListener("paste", pasted);
  }, [receive]);
  return { drop, paste };
}

function createAttaching({ post, t, apply, setNotice, field }: AttachingTools) {
  let refusalCount = 0;
  const refuse = (failure: PanelFailure): void => {
    refusalCount++;
    apply([{ kind: "refused", refusal: { id: `page-${refusalCount}`, failure } }]);
  };
  const attach = (files: readonly File[]): void => void attachFiles(files, { post, refuse, t });

  /** Whether the transfer was used up; text is left to the browser. */
  const receive = (transfer: DataTransfer): boolean => {
    const received = readTransfer(transfer);
    switch (received.kind) {
      case "files":
        attach(received.files);
        return true;
      case "addresses":
        post({ kind: "attach-addresses", addresses: received.addresses });
        return true;
      case "text":
        return false;
      case "nothing":
        post({ kind: "nothing-to-attach", types: received.types });
        return true;
      default: {
        const unknown: never = received;
        throw new TypeError(`unknown transfer: ${JSON.stringify(unknown)}`);
      }
    }
  };
  const drop = (transfer: DataTransfer): void => {
    if (!receive(transfer)) post({ kind: "nothing-to-attach", types: [...transfer.types] });
    field.current?.focus();
  };
  const readClipboard = async (): Promise<void> => {
    field.current?.focus();
    const pictures = await readClipboardPictures();
    if (pictures === null) {
      setNotice(t("This page may not look at the clipboard by itself: press the keys for pasting."));
    } else if (pictures.length === 0) {
      setNotice(t("There is no picture on the clipboard. Take a screenshot first."));
    } else attach(pictures);
  };
  return { receive, drop, paste: () => void readClipboard() };
}
