// npm run test:editor [-- NAME…]: packages the extension, installs it into a real VS Code and runs the scenarios,
// each in a fresh editor on a copy of the samples. SIGHTLINE_VSIX names a package to use instead of making one.

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { argv, env } from "node:process";
import { packageExtension } from "../../tools/package/package_extension.ts";
import type { Editor, HostName } from "./host/editor.ts";
import { saveFailure } from "./host/failure.ts";
import { chooseHost, openEditor } from "./host/host.ts";
import { failureFolder, repositoryFolder } from "./host/places.ts";
import { report } from "./host/progress.ts";
import type { Scenario } from "./scenario.ts";
import { loadScenarios } from "./scenarios.ts";

const SCENARIO_MS = 120_000;

/** Editors that are open, for ending them when a person stops the tests. */
const open = new Set<Editor>();

// So that errors name lines of the sources and not of the bundle.
process.setSourceMapsEnabled(true);
try {
  process.exitCode = await main(argv.slice(2)) ? 0 : 1;
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
}

/** Runs what is asked for and says whether everything succeeded. */
async function main(filters: readonly string[]): Promise<boolean> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  const scenarios = await loadScenarios(filters);
  const host = await chooseHost("test");
  const vsix = env["SIGHTLINE_VSIX"] || (await packageNow()).file;
  await rm(failureFolder, { recursive: true, force: true });
  await mkdir(failureFolder, { recursive: true });
  let failed = 0;
  for (const [index, scenario] of scenarios.entries()) {
    const startMs = Date.now();
    const failure = await runScenario(host, vsix, scenario);
    const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
    console.log(`${failure === undefined ? "ok" : "not ok"} ${index + 1} ${scenario.name} (${seconds} s)`);
    if (failure === undefined) continue;
    failed++;
    console.log(failure.replace(/^/gm, "  "));
  }
  console.log(`${scenarios.length - failed} of ${scenarios.length} scenarios passed in ${host}`);
  return failed === 0;
}

function packageNow() {
  report("packaging the extension …");
  return packageExtension(repositoryFolder);
}

/** Runs a scenario and gives what went wrong, if anything did. */
async function runScenario(host: HostName, vsix: string, scenario: Scenario): Promise<string | undefined> {
  let editor: Editor | undefined;
  try {
    const samples = join(repositoryFolder, "samples");
    editor = await openEditor(host, {
      vsix,
      workspace: { copyOf: samples },
      settings: scenario.settings ?? {},
    });
    open.add(editor);
    await within(SCENARIO_MS, scenario.run(editor));
    return undefined;
  } catch (error) {
    const saved = editor === undefined ? "" : `\nsaved in ${await saveFailure(editor, scenario.name)}`;
    return `${describe(error)}${saved}`;
  } finally {
    if (editor !== undefined) {
      open.delete(editor);
      await editor.dispose();
    }
  }
}

/** @throws Error when the work takes longer than `limitMs`; it then goes on, until its editor is closed */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limitMs / 1000} s`)), limitMs);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function stop(): void {
  void Promise.allSettled([...open].map((editor) => editor.dispose())).then(() => process.exit(130));
}

/** An error with the reasons for it, the first with where it happened. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reasons: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) reasons.push(cause.message);
  return [error.stack ?? error.message, ...reasons].join("\ncaused by ");
}
