import type { JSX, RefObject } from "preact";

interface QuestionFieldProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly write: (text: string) => void;
  readonly submit: () => void;
}

/** The field for a question, as high as its text: Enter sends, Shift+Enter starts a line. */
export function QuestionField(
  { field, text, label, placeholder = "", write, submit }: QuestionFieldProps,
): JSX.Element {
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
      aria-label={label}
      placeholder={placeholder}
      value={text}
      onInput={({ currentTarget }) => write(currentTarget.value)}
      onKeyDown={keyDown}
    />
  );
}
