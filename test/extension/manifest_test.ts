// package.json, the texts it refers to, and the code must name the same commands, settings and sentences.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname as string, "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json"));
const { commands, menus, configuration, views } = manifest.contributes;
const english: Record<string, string> = JSON.parse(read("package.nls.json"));

const sources = ["extension", "webview"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name)).map((name) => read(`${folder}/${name}`))
);

const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

Deno.test("every command of package.json does something, and no other is made", () => {
  const declared = commands.map(({ command }: { command: string }) => command);
  const made = [...read("extension/commands.ts").matchAll(/^ {4}"(sightline\.\w+)":/gm)].map(([, id]) =>
    id ?? ""
  );
  assert.ok(made.length > 5, "commands.ts was not understood");
  assert.deepEqual(sorted(declared), sorted(made));
});

Deno.test("menus show commands that there are", () => {
  const declared = new Set(commands.map(({ command }: { command: string }) => command));
  for (const { command } of Object.values(menus).flat() as { command: string }[]) {
    assert.ok(declared.has(command), command);
  }
});

Deno.test("menus and dialogs offer the same kinds of pictures and of recordings", () => {
  const choice = read("extension/picture_choice.ts");
  const endingsOf = (what: string) =>
    new RegExp(`${what}_ENDINGS = \\[([^\\]]*)\\]`).exec(choice)?.[1]?.match(/\w+/g) ?? [];
  const conditions = [...menus["explorer/context"], ...menus["editor/title/context"]] as {
    command: string;
    when: string;
  }[];
  assert.ok(conditions.length > 3);
  for (const { command, when } of conditions) {
    const inCode = endingsOf(command.endsWith("Recording") ? "RECORDING" : "PICTURE");
    assert.ok(inCode.length > 5);
    const pattern = new RegExp(/=~ \/(.*)\/i$/.exec(when)?.[1] ?? "", "i");
    for (const ending of inCode) assert.match(`.${ending}`, pattern);
    for (const ending of [".txt", ".pngx", ".apng.txt", ""]) assert.doesNotMatch(ending, pattern);
  }
});

Deno.test("package.json and settings.ts name the same settings", () => {
  const declared = Object.keys(configuration.properties);
  const used = [...read("extension/settings.ts").matchAll(/\.get(?:<\w+>)?\(\s*"([\w.]+)"/g)].map((
    [, name],
  ) => `sightline.${name}`);
  assert.deepEqual(sorted(used), sorted(declared));
});

Deno.test("the view of package.json is the one that is registered", () => {
  assert.match(read("extension/chat_view.ts"), new RegExp(`CHAT_VIEW = "${views.sightline[0].id}"`));
});

Deno.test("nothing activates the extension but its use", () => {
  const { activationEvents } = manifest;
  const tab = /CHAT_TAB = "([\w.]+)"/.exec(read("extension/chat_tab.ts"))?.[1];
  assert.deepEqual(activationEvents, [`onWebviewPanel:${tab}`], "a chat's tab that is restored is use");
});

Deno.test("every text of package.json is there, in every language, and none is left over", () => {
  const wanted = sorted([...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? ""));
  const languages = readdirSync(root).filter((name) => /^package\.nls.*\.json$/.test(name));
  for (const name of languages) assert.deepEqual(sorted(Object.keys(JSON.parse(read(name)))), wanted, name);
  assert.ok(Object.values(english).every((text) => text !== ""));
});

Deno.test("every sentence is translated, with its places, and none is left over", () => {
  const wanted = sources.flatMap(sentencesOf);
  assert.ok(wanted.length > 50, `only ${wanted.length} sentences were found`);
  const languages = readdirSync(join(root, "l10n"));
  assert.ok(languages.length > 0);
  for (const name of languages) {
    const bundle: Record<string, string> = JSON.parse(read(`l10n/${name}`));
    assert.deepEqual(wanted.filter((sentence) => !Object.hasOwn(bundle, sentence)), [], `missing in ${name}`);
    const isUsed = (sentence: string) => sources.some((source) => source.includes(JSON.stringify(sentence)));
    assert.deepEqual(Object.keys(bundle).filter((sentence) => !isUsed(sentence)), [], `left over in ${name}`);
    for (const [sentence, translation] of Object.entries(bundle)) {
      assert.deepEqual(placesIn(translation), placesIn(sentence), `${name}: ${sentence}`);
    }
  }
});

Deno.test("icons are there", () => {
  for (const path of [manifest.icon, manifest.contributes.viewsContainers.activitybar[0].icon]) {
    assert.ok(existsSync(join(root, path)), path);
  }
});

/** The first argument of every call of `t` or `l10n.t`. */
function sentencesOf(source: string): string[] {
  return [...source.matchAll(/\bt\(\s*("(?:[^"\\]|\\.)*")/g)].map(([, literal]) =>
    JSON.parse(literal ?? '""')
  );
}

function placesIn(text: string): string[] {
  return sorted(text.match(/\{\d\}/g) ?? []);
}
