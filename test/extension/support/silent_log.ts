/** A log that keeps its lines for a test to look at. */
export function silentLog() {
  const lines: string[] = [];
  const add = (line: string): void => void lines.push(line);
  return { lines, info: add, error: add };
}
