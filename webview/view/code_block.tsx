import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { emptyCode, paintCode } from "../answer/code_paint.ts";
import type { Island } from "../answer/island.ts";
import { BarCopy } from "./bar_copy.tsx";
import { usePanel } from "./panel_context.ts";

/** Code with its language and what can be done with it. */
export function CodeBlock({ code }: { readonly code: Island & { kind: "code" } }): JSX.Element {
  const { post, t, highlighter } = usePanel();
  const element = useRef<HTMLElement>(null);
  const painted = useRef(emptyCode);
  useLayoutEffect(() => {
    if (element.current === null) return;
    painted.current = paintCode(element.current, painted.current, code, highlighter);
  }, [code.text, code.language, code.isClosed, highlighter]);
  const { language } = code;
  const text = code.text.replace(/\n$/, "");
  return (
    <div class="code">
      <div class="code-bar">
        <span class="language" title={language}>{language}</span>
        <BarCopy label={t("Copy")} text={() => text} />
        <button
          type="button"
          class="bar-button"
          title={t("Insert at Cursor")}
          onClick={() => post({ kind: "insert-code", text })}
        >
          {t("Insert")}
        </button>
        <button
          type="button"
          class="bar-button"
          title={t("Open in a New File")}
          onClick={() => post({ kind: "new-file", text, language })}
        >
          {t("New File")}
        </button>
      </div>
      <pre><code ref={element} /></pre>
    </div>
  );
}
