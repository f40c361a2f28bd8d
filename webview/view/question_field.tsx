import type { JSX, RefObject } from "preact";
import { usePanel } from "./panel_context.ts";

interface QuestionFieldProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly placeholder: string;
  readonly write: (text: string) => void;
  readonly submit: () => void;
}

/** The field for a question, as high as its text: Enter sends, Shift+Enter starts a line. */
export function QuestionField({ field, text, placeholder, write, submit }: QuestionFieldProps): JSX.Element {
  const { t } = usePanel();
  const keyDown = (event: KeyboardEvent): void => {
    // Enter also ends a word in the window of an input method.
    if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <textarea
      ref={field}
      rows={2}
      aria-label={t("Ask about the picture")}
      placeholder={placeholder}
      value={text}
      onInput={({ currentTarget }) => write(currentTarget.value)}
      onKeyDown={keyDown}
    />
  );
}
