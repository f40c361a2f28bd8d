import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { mayHoldFiles } from "../transfer.ts";
import { usePanel } from "./panel_context.ts";

/** Takes files that are dropped anywhere on the page, and shows while they hover that it would. */
export function DropTarget(
  { drop }: { readonly drop: (transfer: DataTransfer) => void },
): JSX.Element | null {
  const { t } = usePanel();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!mayHoldFiles(event.dataTransfer)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
      setOver(true);
    };
    const left = (event: DragEvent): void => {
      // Every element on the way is left; only the page itself is left for nowhere.
      if (event.relatedTarget === null) setOver(false);
    };
    const dropped = (event: DragEvent): void => {
      setOver(false);
      if (!mayHoldFiles(event.dataTransfer) || event.dataTransfer === null) return;
      event.preventDefault();
      drop(event.dataTransfer);
    };
    const listeners = { dragenter: over, dragover: over, dragleave: left, drop: dropped };
    for (const [name, listener] of Object.entries(listeners)) {
      addEventListener(name, listener as EventListener);
    }
    return () => {
      for (const [name, listener] of Object.entries(listeners)) {
        removeEventListener(name, listener as EventListener);
      }
    };
  }, [drop]);
  return isOver ? <div class="drop-target">{t("Drop to attach")}</div> : null;
}
