import type { JSX } from "preact";
import type { PictureReceipt } from "../../protocol/conversation.ts";
import { noteText, receiptLine, receiptSentence } from "../receipt.ts";
import { usePanel } from "./panel_context.ts";

/** What the sidecar has confirmed about a picture, or that it has not yet. */
export function Receipt({ receipt }: { readonly receipt: PictureReceipt | null }): JSX.Element {
  const { t } = usePanel();
  if (receipt === null) return <div class="receipt">{t("reading…")}</div>;
  return (
    <div class="receipt" title={receiptSentence(receipt, t)}>
      <span class="tick" aria-hidden="true">✓</span> {receiptLine(receipt, t)}
      {receipt.notes.length > 0 && (
        <div class="notes">{receipt.notes.map((note) => noteText(note, t)).join(", ")}</div>
      )}
    </div>
  );
}
