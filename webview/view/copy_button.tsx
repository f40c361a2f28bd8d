import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";

/** How long the tick stands. */
const CONFIRMATION_MS = 1_500;

/** Copies a text and shows that it did. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const { post, t } = usePanel();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), CONFIRMATION_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = (): void => {
    post({ kind: "copy", text });
    setCopied(true);
  };
  const name = isCopied ? t("Copied") : label;
  return <IconButton icon={isCopied ? "check" : "copy"} label={name} press={copy} />;
}
