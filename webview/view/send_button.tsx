import type { JSX } from "preact";
import { Icon } from "./icon.tsx";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";

interface SendButtonProps {
  readonly isWorking: boolean;
  readonly canSend: boolean;
  readonly send: () => void;
  readonly stop: () => void;
}

/** Sends a question, and in the same place stops its answer. */
export function SendButton({ isWorking, canSend, send, stop }: SendButtonProps): JSX.Element {
  const { t } = usePanel();
  const press = ({ detail }: MouseEvent): void => {
    if (!isWorking) send();
    // The second click of a double click on Send meets Stop.
    else if (detail <= 1) stop();
  };
  return (
    <button
      type="button"
      class={isWorking ? "go stop" : "go"}
      aria-label={isWorking ? t("Stop") : t("Send")}
      title={isWorking ? t("Stop (Escape)") : t("Send (Enter)")}
      disabled={!isWorking && !canSend}
      onClick={press}
    >
      <Icon name={isWorking ? "stop" : "send"} />
    </button>
  );
}

/** Sends a question that will wait for the answer in work. */
export function QueueButton({ send }: { readonly send: () => void }): JSX.Element {
  const { t } = usePanel();
  return <IconButton icon="send" label={t("Ask next")} press={send} />;
}
