import type { JSX } from "preact";
import { THINKING_DEPTHS, type ThinkingDepth } from "../../protocol/panel.ts";
import type { Translate } from "../texts.ts";
import { usePanel } from "./panel_context.ts";

interface DepthChoiceProps {
  readonly depth: ThinkingDepth;
  readonly choose: (depth: ThinkingDepth) => void;
}

/** How long the model may think about the next question; arrow keys go from one to the next. */
export function DepthChoice({ depth, choose }: DepthChoiceProps): JSX.Element {
  const { t } = usePanel();
  return (
    <div class="depths" role="radiogroup" aria-label={t("Thinking")}>
      {THINKING_DEPTHS.map((value) => {
        const [word, meaning] = wordsOf(value, t);
        return (
          <label key={value} title={meaning}>
            <input
              type="radio"
              name="depth"
              value={value}
              checked={value === depth}
              aria-label={`${word}: ${meaning}`}
              onChange={() => choose(value)}
            />
            <span aria-hidden="true">{word}</span>
          </label>
        );
      })}
    </div>
  );
}

function wordsOf(depth: ThinkingDepth, t: Translate): readonly [word: string, meaning: string] {
  switch (depth) {
    case "off":
      return [t("Off"), t("answer at once")];
    case "auto":
      return [t("Auto"), t("think shortly, then answer")];
    case "deep":
      return [t("Deep"), t("think at length: slower, and better at hard questions")];
    default: {
      const unknown: never = depth;
      throw new TypeError(`unknown depth: ${String(unknown)}`);
    }
  }
}
