import { stderr } from "node:process";

/** Tells a person what the tests are busy with; standard output belongs to the test report. */
export function report(line: string): void {
  stderr.write(`editor: ${line}\n`);
}
