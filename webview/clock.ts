// Times within a recording as people write them: 0:03.2, 12:05, 1:02:03.

const MINUTE_S = 60;
const HOUR_S = 3600;

const CLOCK = /^(?:(\d{1,3}):(?=[0-5]?\d:))?(\d{1,3}):([0-5]?\d(?:[.,]\d{1,3})?)$/;

/** A time, with tenths of a second unless it is a whole one: "0:03.2". */
export function clock(timeS: number): string {
  // Rounded first, so that 59.97 s becomes a minute.
  const tenths = Math.round(Math.max(timeS, 0) * 10);
  const wholeS = Math.floor(tenths / 10);
  const hours = Math.floor(wholeS / HOUR_S);
  const minutes = Math.floor(wholeS / MINUTE_S) % MINUTE_S;
  const twoDigits = (count: number): string => String(count).padStart(2, "0");
  const rest = tenths % 10 === 0 ? "" : `.${tenths % 10}`;
  return hours > 0
    ? `${hours}:${twoDigits(minutes)}:${twoDigits(wholeS % MINUTE_S)}${rest}`
    : `${minutes}:${twoDigits(wholeS % MINUTE_S)}${rest}`;
}

/** The seconds of a time, also of a plain number of seconds; null when the text is none. */
export function readClock(text: string): number | null {
  const trimmed = text.trim();
  if (/^\d{1,6}(?:[.,]\d{1,3})?$/.test(trimmed)) return toNumber(trimmed);
  const match = CLOCK.exec(trimmed);
  if (match === null) return null;
  const [, hours = "0", minutes = "", seconds = ""] = match;
  return Number(hours) * HOUR_S + Number(minutes) * MINUTE_S + toNumber(seconds);
}

function toNumber(text: string): number {
  return Number(text.replace(",", "."));
}
