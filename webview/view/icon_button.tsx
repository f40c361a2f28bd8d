import type { JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

interface IconButtonProps {
  readonly icon: IconName;
  /** What it does, for those who point at it and those who hear it. */
  readonly label: string;
  readonly press: () => void;
  readonly isOff?: boolean;
}

/** A button that is only a drawing. */
export function IconButton({ icon, label, press, isOff = false }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      disabled={isOff}
      onClick={press}
    >
      <Icon name={icon} />
    </button>
  );
}
