import type { JSX } from "preact";

/** Line drawings on a 16 by 16 grid, in the colour of the text around them. */
const PATHS = {
  add: "M8 3v10M3 8h10",
  arrow: "M3 13L12.500 3.500M6.500 3h6.500v6.500",
  box: "M2.5 5V2.5H5M11 2.5h2.500V5M13.500 11v2.500H11M5 13.500H2.500V11",
  check: "M3 8.5l3.2 3.2L13 4.8",
  chevron: "M6 3.5L10.5 8L6 12.5",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2",
  crop: "M4.500 1.500v10h10M1.500 4.500h10v10",
  down: "M8 3v10M4 9l4 4 4-4",
  edit: "M3 13l.6-2.800L10.800 3l2.200 2.200L5.800 12.400zM9.400 4.400l2.200 2.200",
  forward: "M3 3.500L8 8L3 12.500zM8 3.500L13 8L8 12.500z",
  frame: "M2.5 3.5h11v9h-11z",
  picture: "M2.5 3.5h11v9h-11zM2.5 10.5l3-3 3 3 2-2 3 3M10.5 6.25a.25.25 0 1 0 .01 0",
  pointer: "M4 2.500v10l2.800-2.600 1.900 3.800 1.600-.8-1.900-3.700H12z",
  previous: "M10 3.5L5.500 8L10 12.5",
  redact: "M2.5 5.5h11v5h-11zM4.500 10.300l4-4.600M8.500 10.300l4-4.600",
  redo: "M12.500 3.500v4h-4M12.200 7.300A5 5 0 1 0 12 11",
  retry: "M12.8 6.5A5 5 0 1 0 13 9M13 3v3.6H9.4",
  send: "M2.5 8L13.5 8M9 3.5L13.5 8L9 12.5",
  stop: "M4.5 4.5h7v7h-7z",
  trash: "M3 4.500h10M6.500 4.500v-2h3v2M4.500 4.500l.6 9h5.800l.6-9M6.800 7v4M9.200 7v4",
  undo: "M3.500 3.500v4h4M3.800 7.300A5 5 0 1 1 4 11",
  warning: "M8 2.5L14 13.500H2zM8 6.500v3.500M8 11.700v.3",
} as const;

export type IconName = keyof typeof PATHS;

/** A small drawing; what it means must be said beside it, since screen readers skip it. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
