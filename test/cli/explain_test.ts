// `explain` as it was built, in a process of its own. `npm run test:unit` builds it first.

import assert from "node:assert/strict";
import { plainPng } from "../support/bad_pictures.ts";
import { Command, runCommand } from "../support/command.ts";
import { nanoExamples, pictureOf } from "../support/nano.ts";
import { ROOT } from "../support/places.ts";
import { childrenOf, until, untilGone } from "../support/processes.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { writeTinyCheckpoint } from "../support/tiny_checkpoint.ts";

const folder = await tempFolder();
const environment = { SIGHTLINE_STORAGE: `${folder.path}/storage` };
Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

// Quick to load, for what does not depend on what the model says.
const TINY = ["--model", `${folder.path}/tiny`, "--ocr", "off"];
await writeTinyCheckpoint(`${folder.path}/tiny`);

const PICTURE = pictureOf(nanoExamples()[0] ?? assert.fail());
const OTHER = pictureOf(nanoExamples()[2] ?? assert.fail());

const explain = (...args: string[]) => runCommand("explain", args, environment);

interface Json {
  readonly text: string;
  readonly thinking: string;
  readonly stopReason: string;
  readonly promptTokenIds: number[];
  readonly tokenIds: number[];
  readonly images: Record<string, unknown>[];
  readonly ocr: unknown;
  readonly timings: Record<string, number>;
  readonly model: string;
}

async function json(...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await explain(...args, "--json");
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Json;
}

function copies(): string[] {
  try {
    return [...Deno.readDirSync(`${folder.path}/storage/pictures`)].map(({ name }) => name);
  } catch (error) {
    assert.ok(error instanceof Deno.errors.NotFound);
    return [];
  }
}

Deno.test("explain takes every way to choose words, and refuses what is out of range", async () => {
  const ids = async (...args: string[]) =>
    (await json(PICTURE, ...TINY, "--max-tokens", "8", ...args)).tokenIds;
  const greedy = await ids("--temperature", "0");
  for (const narrow of [["--top-k", "1"], ["--top-p", "0"], ["--min-p", "1"]]) {
    assert.deepEqual(await ids("--temperature", "5", "--seed", "3", ...narrow), greedy, narrow.join(" "));
  }
  const { text } = await json(PICTURE, ...TINY, "--max-tokens", "8");
  const half = text.slice(2, 4);
  assert.equal(
    (await json(PICTURE, ...TINY, "--max-tokens", "8", "--stop", "@@@", "--stop", half)).text,
    text.slice(0, text.indexOf(half)),
  );
  for (
    const [name, value] of [["top-p", "2"], ["min-p", "-1"], ["thinking-budget", "0"], [
      "repetition-penalty",
      "0",
    ]]
  ) {
    const { code, stderr } = await explain(PICTURE, `--${name}=${value}`);
    assert.equal(code, 2);
    assert.ok(stderr.startsWith(`--${name} takes a`), stderr);
  }
});

Deno.test("explain --json prints one object with exactly the documented fields", async () => {
  const result = await json(PICTURE, "--max-tokens", "12");
  assert.deepEqual(Object.keys(result), [
    ...["model", "text", "thinking", "stopReason", "promptTokenIds", "tokenIds", "images", "ocr", "timings"],
  ]);
  assert.deepEqual(result.images.map((image) => Object.keys(image)), [[
    "file",
    "width",
    "height",
    "slices",
    "tokens",
  ]]);
  assert.deepEqual(Object.keys(result.timings), [
    ...["decodeImageMs", "visionMs", "prefillMs", "firstTokenMs", "decodeTokensPerSecond"],
  ]);
  assert.ok(Object.values(result.timings).every((value) => value >= 0), JSON.stringify(result.timings));
  assert.equal(result.images[0]?.["file"], PICTURE);
  assert.deepEqual([result.model, result.stopReason, result.tokenIds.length], ["nano", "length", 12]);
  const [read] = result.ocr as {
    file: string;
    lines: { text: string; confidence: number; box: number[][] }[];
  }[];
  assert.equal(read?.file, PICTURE);
  assert.ok(
    read?.lines.every(({ text, confidence, box }) => text !== "" && confidence > 0 && box.length === 4),
  );
  assert.deepEqual(copies(), [], "the copy of the picture is removed");
});

Deno.test("explain streams the answer on stdout, and everything else on stderr", async () => {
  const { code, stdout, stderr } = await explain(PICTURE, "--ocr", "off");
  const answer = await json(PICTURE, "--ocr", "off", "--temperature", "0");
  assert.equal(code, 0);
  assert.equal(stdout, `${answer.text}\n`, "the bundled model is greedy by itself");
  assert.equal(answer.stopReason, "end");
  assert.equal(answer.ocr, null);
  assert.match(stderr, /^✓ 1-terminal\.png: \d+×\d+ · 1\+2 slices · 96 tokens\n/);
  assert.match(stderr, /Sightline Nano \(fp32\) · first token [\d.]+ s · \d+ tokens\/s · \d+ \+ \d+ tokens/);
  assert.match(
    stderr,
    /small stand-in .* sometimes wrong\. The full model is MiniCPM-V 4\.5: download .* pass --model/,
  );
  // deno-lint-ignore no-control-regex -- nothing but line feeds may reach a program that reads the output
  assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f]/);
});

Deno.test("explain --thinking on keeps reasoning and answer apart", async () => {
  const example = nanoExamples().find(({ thinking }) => thinking) ?? assert.fail();
  const args = [pictureOf(example), "--thinking", "on", "--prompt", example.instruction];
  const result = await json(...args);
  assert.notEqual(result.thinking, "");
  assert.notEqual(result.text, "");
  assert.ok(!`${result.thinking}${result.text}`.includes("think>"));
  const { stdout } = await explain(...args);
  assert.equal(stdout, `${result.thinking}\n\n${result.text}\n`);
});

Deno.test("explain stops after --max-tokens, and says so", async () => {
  const { code, stdout, stderr } = await explain(PICTURE, ...TINY, "--max-tokens", "1");
  assert.equal(code, 0);
  assert.match(stdout, /^.+\n$/);
  assert.match(stderr, /The answer was cut off after 1 tokens?\. Allow more with --max-tokens\./);
  assert.doesNotMatch(stderr, /stand-in/, "a model of one's own is none");
  const { stopReason, tokenIds } = await json(PICTURE, ...TINY, "--max-tokens", "1");
  assert.deepEqual([stopReason, tokenIds.length], ["length", 1]);
});

Deno.test("explain repeats what a --temperature gives for the same --seed", async () => {
  const draw = async (seed: string) =>
    (await json(PICTURE, ...TINY, "--max-tokens", "16", "--temperature", "2", "--seed", seed)).tokenIds
      .join();
  const [first, again, other] = await Promise.all([draw("7"), draw("7"), draw("8")]);
  assert.equal(first, again);
  assert.notEqual(first, other);
});

Deno.test("explain takes several pictures, in order, and a question of one's own", async () => {
  const ask = (...files: string[]) => json(...files, ...TINY, "--max-tokens", "2", "--prompt", "Which?");
  const [three, one] = await Promise.all([ask(PICTURE, OTHER, PICTURE), ask(PICTURE)]);
  assert.deepEqual(three.images.map(({ file }) => file), [PICTURE, OTHER, PICTURE]);
  assert.ok(three.promptTokenIds.length > 2 * one.promptTokenIds.length);
  assert.equal(one.model, "tiny");
});

Deno.test("explain refuses a device that is not there, and answers nothing", async () => {
  const device = Deno.build.os === "windows" ? "coreml" : "directml";
  const { code, stdout, stderr } = await explain(PICTURE, ...TINY, "--device", device);
  assert.notEqual(code, 0);
  assert.match(
    stderr,
    /The model cannot run on \w+: ONNX Runtime \S+ has no \w+ExecutionProvider on this platform/,
  );
  assert.equal(stdout, "");
});

Deno.test("explain runs in less precision, and says in which", async () => {
  const { code, stderr } = await explain(PICTURE, ...TINY, "--precision", "int4", "--max-tokens", "6");
  assert.equal(code, 0, stderr);
  assert.match(stderr, /tiny \(int4\) · /);
});

const WRONG: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [[], /^Name at least one picture/],
  [["x.png", "--no-such-option"], /^Unknown option '--no-such-option'/],
  [["x.png", "--thinking", "maybe"], /^--thinking takes off or on, not "maybe"\./],
  [["x.png", "--ocr", "on"], /^--ocr takes auto or off, not "on"\./],
  [["x.png", "--device", "gpu"], /^--device takes cpu or cuda or webgpu or directml or coreml, not "gpu"\./],
  [["x.png", "--precision", "fp16"], /^--precision takes fp32 or int8 or int4, not "fp16"\./],
  [["x.png", "--temperature", "hot"], /^--temperature takes a number from 0 to 10, not "hot"\./],
  [["x.png", "--temperature=-1"], /^--temperature takes a number from 0 to 10, not "-1"\./],
  [["x.png", "--max-tokens", "0"], /^--max-tokens takes a whole number from 1 to 1000000, not "0"\./],
  [["x.png", "--max-tokens", "1.5"], /^--max-tokens takes a whole number/],
  [["x.png", "--max-tokens", ""], /^--max-tokens takes a whole number/],
  [["x.png", "--seed", "x"], /^--seed takes a whole number/],
  [
    ["x.png", "--model", "/no/such/folder"],
    /^"\/no\/such\/folder" is neither the name of a model \("nano"\) nor a folder\./,
  ],
  [["x.png", "--model", "\x1b[2Jx\u202e"], /^"\[2Jx" is neither/],
];

for (const [args, says] of WRONG) {
  Deno.test(`explain ${args.join(" ").replaceAll(/[^ -~]/g, "?")} shows its usage`, async () => {
    const { code, stdout, stderr } = await explain(...args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, says);
    assert.match(stderr, /\n\nusage: npm run explain -- <picture.*…> \[options\]\n/);
  });
}

async function failsWith(args: readonly string[], says: RegExp): Promise<void> {
  const { code, stdout, stderr } = await explain(...args);
  assert.equal(code, 1, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, says);
  assert.doesNotMatch(stderr, /\n {4}at /, "no stack for what is expected");
  assert.deepEqual(copies(), []);
}

Deno.test("explain says in a sentence what is wrong with a picture, and keeps no copy of the others", async () => {
  await failsWith(
    [PICTURE, `${folder.path}/missing.png`],
    /^Cannot use picture "missing\.png": there is no such file\.\n$/,
  );
  await failsWith([folder.path], /: it is a folder; choose the picture files in it\.\n$/);
  await failsWith(
    [`${ROOT}/README.md`],
    /^Cannot use picture "README\.md": it is a text file, not a picture\.\n$/m,
  );
});

Deno.test("explain says in a sentence what is wrong with a model's folder", async () => {
  await failsWith(
    [PICTURE, "--model", folder.path],
    /config\.json cannot be read\. Choose a folder with a MiniCPM-V 4\.5 checkpoint/,
  );
});

Deno.test("explain says in a sentence that the storage cannot be used", async () => {
  const args = [PICTURE, "--max-tokens", "1"];
  const { code, stderr } = await runCommand("explain", args, { SIGHTLINE_STORAGE: `${ROOT}/README.md` });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^Cannot use picture "1-terminal\.png": it could not be copied to ".*" \(ENOTDIR\)\.\n$/,
  );
});

Deno.test("explain shows hostile names so that a terminal does nothing but print them", async () => {
  const path = `${folder.path}/a\x1b]0;title\x07\u202e\ngnp.png`;
  await Deno.writeFile(path, await plainPng(20, 20));
  const { code, stdout, stderr } = await explain(path, ...TINY, "--max-tokens", "2");
  assert.equal(code, 0);
  assert.match(stderr, /^✓ a\\u\{1b\}\]0;title\\u\{7\}\\u\{202e\}\\u\{a\}gnp\.png: /);
  // deno-lint-ignore no-control-regex -- control characters are what this is about
  assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f\u202e]/);
});

/** An answer that goes on for a while. */
const LONG = [PICTURE, "--ocr", "off", "--temperature", "3", "--seed", "1", "--max-tokens", "3000"];

/** Starts a long answer and waits until it has begun. */
async function answering(): Promise<{ command: Command; sidecar: number }> {
  const command = new Command("explain", LONG, environment);
  await command.until(({ stdout }) => stdout.length > 20);
  const [sidecar] = await childrenOf(command.pid);
  assert.ok(sidecar !== undefined);
  return { command, sidecar };
}

/** Generous: it takes some 100 ms. */
const PROMPTLY_MS = 2000;

async function endsPromptly(command: Command, sidecar: number): Promise<void> {
  const start = performance.now();
  const { code, stderr } = await command.ended;
  const took = performance.now() - start;
  assert.equal(code, 130);
  assert.match(stderr, /\nStopped\.\n$/);
  assert.ok(took < PROMPTLY_MS, `it took ${took.toFixed()} ms`);
  await untilGone(sidecar);
  assert.deepEqual(copies(), []);
}

Deno.test("Ctrl-C stops explain in the middle of an answer, and leaves no sidecar behind", async () => {
  const { command, sidecar } = await answering();
  Deno.kill(command.pid, "SIGINT");
  await endsPromptly(command, sidecar);
});

Deno.test("Ctrl-C stops explain when the terminal sends it to the sidecar as well", async () => {
  const { command, sidecar } = await answering();
  Deno.kill(-command.pid, "SIGINT");
  await endsPromptly(command, sidecar);
});

Deno.test("Ctrl-C stops explain while it starts", async () => {
  const command = new Command("explain", LONG, environment);
  await until(async () => (await childrenOf(command.pid)).length > 0, "no sidecar was started");
  const [sidecar] = await childrenOf(command.pid);
  Deno.kill(command.pid, "SIGINT");
  await endsPromptly(command, sidecar ?? assert.fail());
  assert.equal(command.stdout, "");
});

Deno.test("explain ends without complaint when nobody reads its output any more", async () => {
  const { command, sidecar } = await answering();
  command.process.stdout?.destroy();
  const { code, stderr } = await command.ended;
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /EPIPE|Error/);
  await untilGone(sidecar);
});

Deno.test("a killed explain leaves no sidecar behind", async () => {
  const { command, sidecar } = await answering();
  Deno.kill(command.pid, "SIGKILL");
  await command.ended;
  await untilGone(sidecar);
});
