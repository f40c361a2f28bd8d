import type { JSX } from "preact";
import { useCopying } from "./copying.ts";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";

/** Copies a text and shows that it did. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const { t } = usePanel();
  const [isCopied, copy] = useCopying();
  const name = isCopied ? t("Copied") : label;
  return <IconButton icon={isCopied ? "check" : "copy"} label={name} press={() => copy(text)} />;
}
