import type { JSX } from "preact";
import { useCopying } from "./copying.ts";
import { Icon } from "./icon.tsx";
import { usePanel } from "./panel_context.ts";

/** Copies a text and shows that it did. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const { t } = usePanel();
  const [isCopied, copy] = useCopying();
  const name = isCopied ? t("Copied") : label;
  return (
    <button type="button" class="icon-button" aria-label={name} title={name} onClick={() => copy(text)}>
      <Icon name={isCopied ? "check" : "copy"} />
    </button>
  );
}
