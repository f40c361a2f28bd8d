import { useEffect, useRef, useState } from "preact/hooks";
import type { PanelPicture, Replacement } from "../../protocol/panel.ts";
import type { AskedBox } from "../../protocol/region_messages.ts";
import { MAX_FILE_BYTES } from "../transfer.ts";
import { usePanel } from "../view/panel_context.ts";
import { compose, type MarkColours } from "./compose.ts";
import { forgetSource } from "./forget_source.ts";
import { askedRect, keptRect, type Marking } from "./marks.ts";
import { toBox } from "./shapes.ts";

/** What applying needs to know. */
export interface ApplyingParts {
  readonly picture: PanelPicture;
  readonly marking: Marking;
  readonly image: HTMLImageElement | null;
  /** The latest answer of the extension. */
  readonly reply: Replacement | null;
  /** Called when the edited picture is in its place, with the part of it that is asked about. */
  readonly applied: (asked: AskedBox | null) => void;
}

/** Puts the marked picture in the place of the original. Until then, and when it fails, nothing is lost. */
export function useApplying({ picture, marking, image, reply, applied }: ApplyingParts) {
  const { post, t } = usePanel();
  const [isWorking, setWorking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const asks = useRef(false);

  const fail = (reason: string): void => {
    setProblem(reason);
    setWorking(false);
  };
  const apply = async (isAsking: boolean): Promise<void> => {
    if (image === null || isWorking) return;
    setWorking(true);
    setProblem(null);
    asks.current = isAsking;
    const bytes = await compose(image, marking, coloursOf(document.documentElement)).catch(() => null);
    if (bytes === null) return fail(t("The browser cannot make a picture of this size. Crop more of it."));
    if (bytes.byteLength > MAX_FILE_BYTES) {
      return fail(
        t("The edited picture would be larger than {0} MB. Crop more of it.", MAX_FILE_BYTES / 2 ** 20),
      );
    }
    post({ kind: "replace-attachment", id: picture.id, bytes });
  };
  useEffect(() => {
    if (!isWorking || reply?.id !== picture.id) return;
    if (reply.kind === "attachment-not-replaced") {
      fail(`${reply.failure.headline} ${reply.failure.message}`);
      return;
    }
    void forgetSource(picture.source);
    const rect = asks.current ? askedRect(marking) : null;
    const size = keptRect(marking);
    applied(rect === null ? null : { pictureId: reply.attachment.id, box: toBox(rect, size) });
  }, [reply]);
  return { apply: (isAsking: boolean) => void apply(isAsking), isWorking, problem };
}

/** The colours of marks, from the style sheet. */
function coloursOf(root: Element): MarkColours {
  const style = getComputedStyle(root);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return { line: colour("--mark-line"), edge: colour("--mark-edge"), redaction: colour("--mark-redaction") };
}
