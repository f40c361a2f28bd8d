import type { JSX } from "preact";
import type { TurnVersion } from "../../protocol/panel.ts";
import { IconButton } from "./icon_button.tsx";
import { usePanel } from "./panel_context.ts";

interface VersionSwitchProps {
  readonly turnId: string;
  readonly version: TurnVersion;
  readonly isBusy: boolean;
}

/** "‹ 2/3 ›": the versions of a question, each with what came after it. */
export function VersionSwitch({ turnId, version, isBusy }: VersionSwitchProps): JSX.Element | null {
  const { post, t } = usePanel();
  const { position, count } = version;
  if (count < 2) return null;
  const show = (wanted: number) => (): void => post({ kind: "show-version", turnId, position: wanted });
  return (
    <div class="versions" role="group" aria-label={t("Version {0} of {1}", position, count)}>
      <IconButton
        icon="previous"
        label={t("Earlier version")}
        isOff={isBusy || position === 1}
        press={show(position - 1)}
      />
      <span aria-hidden="true">{position}/{count}</span>
      <IconButton
        icon="chevron"
        label={t("Later version")}
        isOff={isBusy || position === count}
        press={show(position + 1)}
      />
    </div>
  );
}
