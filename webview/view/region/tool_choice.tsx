import type { JSX } from "preact";
import type { Shape } from "../../region/marks.ts";
import type { Translate } from "../../texts.ts";
import { Icon, type IconName } from "../icon.tsx";
import { usePanel } from "../panel_context.ts";

/** What pressing the picture does: draw a shape, or take hold of one that is there. */
export type Tool = Shape["kind"] | "select";

/** Everything that can be done with a picture that waits for its question. */
export const ALL_TOOLS: readonly Tool[] = ["crop", "box", "arrow", "redact", "ask", "select"];

/** What can be done with a picture that was asked about. */
export const ASK_TOOLS: readonly Tool[] = ["ask", "select"];

interface ToolChoiceProps {
  readonly tools: readonly Tool[];
  readonly tool: Tool;
  readonly choose: (tool: Tool) => void;
}

/** The tools; arrow keys go from one to the next. */
export function ToolChoice({ tools, tool, choose }: ToolChoiceProps): JSX.Element {
  const { t } = usePanel();
  return (
    <div class="tools" role="radiogroup" aria-label={t("Tool")}>
      {tools.map((value) => {
        const [icon, word, meaning] = lookOf(value, t);
        return (
          <label key={value} title={`${word}: ${meaning}`}>
            <input
              type="radio"
              name="tool"
              value={value}
              checked={value === tool}
              aria-label={`${word}: ${meaning}`}
              onChange={() => choose(value)}
            />
            <Icon name={icon} />
            <span aria-hidden="true">{word}</span>
          </label>
        );
      })}
    </div>
  );
}

function lookOf(tool: Tool, t: Translate): readonly [icon: IconName, word: string, meaning: string] {
  switch (tool) {
    case "crop":
      return ["crop", t("Crop"), t("keep only a part")];
    case "box":
      return ["frame", t("Box"), t("put a frame around something")];
    case "arrow":
      return ["arrow", t("Arrow"), t("point at something")];
    case "redact":
      return ["redact", t("Redact"), t("paint over something, so that it is gone")];
    case "ask":
      return ["box", t("Ask"), t("mark the part that the question is about")];
    case "select":
      return ["pointer", t("Move"), t("take hold of a mark, to move it or change its size")];
    default: {
      const unknown: never = tool;
      throw new TypeError(`unknown tool: ${String(unknown)}`);
    }
  }
}
