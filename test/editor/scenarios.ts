import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repositoryFolder } from "./host/places.ts";
import type { Scenario } from "./scenario.ts";

/**
 * The scenarios whose name holds one of `filters`, or all without a filter.
 * @throws Error when there is none, or a file does not export a scenario of its name
 */
export async function loadScenarios(filters: readonly string[]): Promise<readonly Scenario[]> {
  // The sources are listed: the build's folder may hold scenarios that are no more.
  const files = await readdir(join(repositoryFolder, "test", "editor", "scenarios"));
  const names = files.filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -".ts".length))
    .sort();
  const chosen = names.filter((name) =>
    filters.length === 0 || filters.some((filter) => name.includes(filter))
  );
  if (chosen.length === 0) {
    throw new Error(
      `No scenario is called like ${filters.join(" or ") || "anything"}; there are: ${names.join(", ")}`,
    );
  }
  return await Promise.all(chosen.map(load));
}

async function load(name: string): Promise<Scenario> {
  const scenario: Partial<Scenario> = await import(
    pathToFileURL(join(import.meta.dirname, "scenarios", `${name}.js`)).href
  );
  const { run } = scenario;
  if (scenario.name !== name || run === undefined) {
    throw new Error(`scenarios/${name}.ts must export its name, "${name}", and a function "run"`);
  }
  return { ...scenario, name, run };
}
