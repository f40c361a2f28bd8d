/** What Tab comes to; of a group of radio buttons only the chosen one. */
const STOPS = 'button:not(:disabled), input:checked, [tabindex="0"]';

/** Lets Tab go from the last part of a dialog to the first and back, so that it never leaves the page unseen. */
export function keepFocus(event: KeyboardEvent, dialog: HTMLElement): void {
  if (event.key !== "Tab") return;
  const stops = [...dialog.querySelectorAll<HTMLElement>(STOPS)];
  const [first, last] = [stops[0], stops.at(-1)];
  if (document.activeElement !== (event.shiftKey ? first : last)) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}
