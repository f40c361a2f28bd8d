import { useEffect, useState } from "preact/hooks";
import { usePanel } from "./panel_context.ts";

/** How long it is shown that a text was copied. */
const CONFIRMATION_MS = 1_500;

/** Copies a text, and says for a while that it did. */
export function useCopying(): readonly [isCopied: boolean, copy: (text: string) => void] {
  const { post } = usePanel();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), CONFIRMATION_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = (text: string): void => {
    post({ kind: "copy", text });
    setCopied(true);
  };
  return [isCopied, copy];
}
