import type { JSX } from "preact";
import { useCopying } from "./copying.ts";
import { usePanel } from "./panel_context.ts";

interface BarCopyProps {
  readonly label: string;
  /** What is copied, made when it is. */
  readonly text: () => string;
}

/** The button of a quiet bar that copies what is below. */
export function BarCopy({ label, text }: BarCopyProps): JSX.Element {
  const { t } = usePanel();
  const [isCopied, copy] = useCopying();
  return (
    <button type="button" class="bar-button" onClick={() => copy(text())}>
      {isCopied ? t("Copied") : label}
    </button>
  );
}
