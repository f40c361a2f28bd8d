// Who may import whom. A folder is a runtime or a layer, and imports point one way only.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, normalize } from "node:path";

/** What the files of a folder may import: other folders, and packages. Every folder may import itself. */
interface Rule {
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}

const NODE = "node:*";

/** The longest matching path decides. */
const RULES: Readonly<Record<string, Rule>> = {
  "protocol": { folders: [], packages: [] },
  "host": { folders: ["protocol"], packages: [NODE, "vscode-jsonrpc"] },
  "cli": { folders: ["host", "protocol"], packages: [NODE] },
  "extension": { folders: ["host", "protocol"], packages: [NODE, "vscode", "vscode-languageclient"] },
  "webview": {
    folders: ["protocol"],
    packages: ["preact", "markdown-it", "dompurify", "highlight.js", "katex", "mermaid"],
  },
  // The two files that know the wire and put the parts together.
  "sidecar": { folders: ["protocol"], packages: [NODE, "vscode-languageserver"] },
  "sidecar/onnx": { folders: [], packages: [NODE] },
  "sidecar/graph": { folders: ["sidecar/onnx"], packages: ["protobufjs"] },
  "sidecar/checkpoint": { folders: ["protocol", "sidecar/image", "sidecar/sampling.ts"], packages: [] },
  "sidecar/image": { folders: ["protocol", "sidecar/breathe.ts"], packages: ["sharp"] },
  "sidecar/text": {
    folders: ["protocol", "sidecar/checkpoint", "sidecar/image"],
    packages: ["@huggingface/jinja", "@huggingface/tokenizers"],
  },
  "sidecar/model": {
    folders: [
      ...["protocol", "sidecar/onnx", "sidecar/graph", "sidecar/checkpoint", "sidecar/image", "sidecar/text"],
      ...["sidecar/breathe.ts", "sidecar/floats.ts", "sidecar/hash.ts"],
    ],
    packages: [],
  },
  // The video reader, a program of its own.
  "sidecar/video": {
    folders: ["protocol", "sidecar/image", "sidecar/breathe.ts", "sidecar/model/video_groups.ts"],
    packages: [NODE, "mediabunny", "node-webcodecs", "sharp"],
  },
  "sidecar/ocr": {
    folders: [
      ...["protocol", "sidecar/onnx", "sidecar/image", "sidecar/breathe.ts"],
      "sidecar/pictures.ts", // The interface that the reader fulfils.
    ],
    packages: [],
  },
  "tools": {
    folders: ["test/editor"],
    packages: [NODE, "@vscode/vsce", "playwright-core", "sharp"],
  },
  "test/editor": {
    folders: ["tools", "test/support"],
    packages: [NODE, "@vscode/test-electron", "playwright-core", "sharp"],
  },
};

/** Only these files may know these packages. */
const SOLE_IMPORTERS: Readonly<Record<string, RegExp>> = {
  "sharp": /^(sidecar\/image\/decode\.ts|sidecar\/video\/(animation|frame_writer)\.ts|tools\/|test\/)/,
  "mediabunny": /^sidecar\/video\/container\.ts$/,
  "node-webcodecs": /^sidecar\/video\/codec_library\.ts$/,
  "vscode-languageserver": /^sidecar\/(main|server)\.ts$/,
  "vscode-languageclient": /^extension\/[\w/]+\.ts$/,
  "@huggingface/jinja": /^sidecar\/text\/chat_template\.ts$/,
  "@huggingface/tokenizers": /^sidecar\/text\/tokenizer\.ts$/,
  "highlight.js": /^webview\/answer\/highlight\.ts$/,
  // Large: only in scripts of their own.
  "katex": /^webview\/renderers\/formula\.ts$/,
  "mermaid": /^webview\/renderers\/diagram\.ts$/,
  "protobufjs": /^sidecar\/graph\/onnx_schema\.ts$/,
};

/** Names that say nothing about what a thing is. */
const EMPTY_NAMES =
  /\b(?:class|interface|type|function)\s+\w*(?:Manager|Helper|Utils?|Service|Controller|Coordinator|Impl)\b/;

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const root = join(import.meta.dirname as string, "..");

function sourceFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => /\.tsx?$/.test(path));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const specifiers = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']|(?:^|\n)import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g,
  );
  return [...specifiers].map(([, from, bare, dynamic]) => ({
    file,
    specifier: from ?? bare ?? dynamic ?? "",
  }));
}

function ruleOf(file: string): readonly [folder: string, rule: Rule] {
  const folder = Object.keys(RULES).filter((name) => file.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];
  if (folder === undefined) throw new Error(`no rule for ${file}`);
  return [folder, RULES[folder] as Rule];
}

/** Why an import is against the rules, or null. */
function complaint({ file, specifier }: Import): string | null {
  const [folder, rule] = ruleOf(file);
  if (specifier.startsWith(".")) {
    const target = normalize(join(dirname(file), specifier)).replaceAll("\\", "/");
    if (target === "package.json") return null;
    const isAllowed = [folder, ...rule.folders].some((allowed) =>
      target === allowed || target.startsWith(`${allowed}/`)
    );
    return isAllowed ? null : `${file} imports ${target}`;
  }
  const name = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const isNode = name.startsWith("node:") || builtinModules.includes(name);
  if (isNode ? rule.packages.includes(NODE) : rule.packages.includes(name)) {
    const sole = SOLE_IMPORTERS[name];
    return sole === undefined || sole.test(file) ? null : `${file} imports ${name}, which only ${sole} may`;
  }
  return `${file} imports ${specifier}`;
}

const folders = ["protocol", "host", "cli", "extension", "webview", "sidecar", "tools", "test/editor"];
const files = folders.flatMap(sourceFiles);

Deno.test("every import follows the rules of its folder", () => {
  assert.ok(files.length > 100, `only ${files.length} source files were found`);
  const imports = files.flatMap(importsOf);
  assert.ok(imports.length > files.length, "imports were not recognised");
  assert.deepEqual(imports.map(complaint).filter((text) => text !== null), []);
});

Deno.test("an import against the rules is noticed", () => {
  assert.notEqual(complaint({ file: "sidecar/onnx/session.ts", specifier: "../model/model.ts" }), null);
  assert.notEqual(complaint({ file: "webview/main.tsx", specifier: "../extension/main.ts" }), null);
  assert.notEqual(complaint({ file: "extension/main.ts", specifier: "onnxruntime-node" }), null);
  assert.notEqual(complaint({ file: "sidecar/engine.ts", specifier: "sharp" }), null);
  assert.equal(complaint({ file: "webview/state.ts", specifier: "../protocol/panel.ts" }), null);
});

Deno.test("no two files import each other, directly or by way of others", () => {
  const graph = new Map(files.map((file) => [
    file,
    importsOf(file).filter(({ specifier }) => specifier.startsWith("."))
      .map(({ specifier }) => normalize(join(dirname(file), specifier)).replaceAll("\\", "/")),
  ]));
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `a circle of imports: ${[...path, file].join(" → ")}`);
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

Deno.test("the sidecar knows nothing of video files: its decoders are another process's", () => {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { specifier } of importsOf(file)) {
      if (specifier.startsWith(".")) visit(normalize(join(dirname(file), specifier)).replaceAll("\\", "/"));
    }
  };
  visit("sidecar/main.ts");
  assert.ok(reached.has("sidecar/videos.ts"));
  assert.deepEqual([...reached].filter((file) => file.startsWith("sidecar/video/")), []);
});

Deno.test("names say what a thing is", () => {
  const nameless = files.filter((file) => EMPTY_NAMES.test(readFileSync(join(root, file), "utf8")));
  assert.deepEqual(nameless, []);
});

Deno.test("only the sidecar's protocol connection writes to its standard output", () => {
  // Programs of their own.
  const commands = /^sidecar\/(parity\/|(convert|video)\/main\.ts$)/;
  const writers = sourceFiles("sidecar").filter((file) => !commands.test(file))
    .filter((file) =>
      /\bconsole\.|Deno\.stdout|process\.stdout\.write/.test(readFileSync(join(root, file), "utf8"))
    );
  assert.deepEqual(writers.filter((file) => file !== "sidecar/server.ts"), []);
});
