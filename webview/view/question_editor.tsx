import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { usePanel } from "./panel_context.ts";
import { QuestionField } from "./question_field.tsx";

interface QuestionEditorProps {
  readonly text: string;
  readonly isBusy: boolean;
  readonly ask: (text: string) => void;
  readonly cancel: () => void;
}

/** A question being put in other words: Enter asks it, Escape leaves it as it was. */
export function QuestionEditor({ text, isBusy, ask, cancel }: QuestionEditorProps): JSX.Element {
  const { t } = usePanel();
  const [changed, write] = useState(text);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(text.length, text.length);
  }, []);
  const canAsk = changed.trim() !== "" && !isBusy;
  const submit = (): void => {
    if (canAsk) ask(changed.trim());
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    cancel();
  };
  return (
    <div class="question-editor" onKeyDown={keyDown}>
      <QuestionField {...{ field, write, submit }} text={changed} label={t("Question in other words")} />
      <div class="buttons">
        <button type="button" class="button" disabled={!canAsk} onClick={submit}>{t("Ask")}</button>
        <button type="button" class="button secondary" onClick={cancel}>{t("Cancel")}</button>
      </div>
    </div>
  );
}
