// The command `npm run parity`, on a folder whose expected values come from plain arithmetic (reference_model.ts), and
// on the references of the original code where they are at hand.

import assert from "node:assert/strict";
import { Weights } from "../../sidecar/checkpoint/safetensors.ts";
import { loadModel } from "../../sidecar/model/model.ts";
import { Runtime } from "../../sidecar/onnx/runtime.ts";
import { type ParityCase, readCases } from "../../sidecar/parity/cases.ts";
import { type CaseReport, compareCase, passes, TOLERANCE } from "../../sidecar/parity/compare.ts";
import packageFile from "../../package.json" with { type: "json" };
import { runDeno } from "../support/deno.ts";
import { referenceFolder } from "../support/places.ts";
import { runtimeLibrary } from "../support/runtime_library.ts";
import { type TensorToWrite, writeSafetensors } from "../support/safetensors_file.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { writeTinyParity } from "../support/tiny_parity.ts";

/** The command as npm runs it. */
function parity(...folders: string[]) {
  const [program, verb, ...args] = packageFile.scripts.parity.split(" ");
  assert.deepEqual([program, verb], ["deno", "run"]);
  return runDeno(...args, ...folders);
}

const linesOf = (stdout: string) => stdout.split("\n").filter((line) => /^ {2}(ok {2}|FAIL) /.test(line));

async function check(folders: readonly string[], caseCount: number): Promise<void> {
  const { code, stdout, stderr } = await parity(...folders);
  assert.equal(code, 0, stdout + stderr);
  const lines = linesOf(stdout);
  assert.equal(lines.length, caseCount, stdout);
  for (const line of lines) {
    assert.match(
      line,
      /^ {2}ok .* prompt equal {2}ids equal {2}sizes equal .*logits \S+ \/ \S+ {2}greedy (\d+)\/\1$/,
    );
  }
}

Deno.test("parity equals plain arithmetic: text, pictures with a grid, two turns, video in groups", async () => {
  await using folder = await tempFolder();
  await writeTinyParity(folder.path);
  await check([folder.path], 3);

  const path = `${folder.path}/cases.json`;
  const { cases } = JSON.parse(await Deno.readTextFile(path)) as { cases: { greedy_ids: number[] }[] };
  (cases[1] as { greedy_ids: number[] }).greedy_ids[2] = 1;
  await Deno.writeTextFile(path, JSON.stringify({ cases }));
  const { code, stdout } = await parity(folder.path);
  assert.equal(code, 1, "a wrong id must fail the command");
  assert.deepEqual(linesOf(stdout).map((line) => line.slice(2, 6)), ["ok  ", "FAIL", "ok  "]);
});

Deno.test("compareCase() notices a wrong value of every kind", async (t) => {
  await using folder = await tempFolder();
  await writeTinyParity(folder.path);
  using runtime = new Runtime(runtimeLibrary(), 2);
  using model = await loadModel(runtime, {
    id: "tiny",
    folder: `${folder.path}/checkpoint`,
    precision: "fp32",
    cacheFolder: `${folder.path}/cache`,
  });
  const cases = new Map((await readCases(folder.path)).map((parityCase) => [parityCase.name, parityCase]));
  const expected = await Weights.open(folder.path);
  const compare = (parityCase: ParityCase, weights = expected) =>
    compareCase(model, weights, `${folder.path}/images`, parityCase);
  const caseOf = (name: string) => cases.get(name) as ParityCase;

  const wrong: readonly [what: string, parityCase: ParityCase, notices: (report: CaseReport) => boolean][] = [
    ["prompt", { ...caseOf("text"), prompt: `${caseOf("text").prompt} ` }, (report) => !report.isPromptEqual],
    [
      "input id",
      { ...caseOf("two_turns"), input_ids: changed(caseOf("two_turns").input_ids) },
      (report) => !report.areIdsEqual,
    ],
    [
      "size",
      { ...caseOf("video"), tgt_sizes: [[9, 9], ...caseOf("video").tgt_sizes?.slice(1) ?? []] },
      (report) => !report.areSizesEqual,
    ],
    [
      "greedy id",
      { ...caseOf("text"), greedy_ids: changed(caseOf("text").greedy_ids) },
      (report) => report.greedyMatches < report.greedySteps,
    ],
    ["time of a frame", { ...caseOf("video"), temporal_ids: [[0, 5], [11]] }, (report) => !passes(report)],
  ];
  for (const [what, parityCase, notices] of wrong) {
    await t.step(`a wrong ${what}`, async () => {
      const report = await compare(parityCase);
      assert.ok(notices(report) && !passes(report), JSON.stringify(report));
    });
  }
  for (const stage of ["patches.0", "vision.0", "resampler", "logits"]) {
    await t.step(`a wrong value of ${stage}, and one that is no number`, async () => {
      for (const [by, isNoticed] of [[0.3, false], [3, true], [NaN, true]] as const) {
        await using altered = await tempFolder();
        await writeSafetensors(
          `${altered.path}/x.safetensors`,
          await alter(expected, `video.${stage}`, by * TOLERANCE),
        );
        const report = await compare(caseOf("video"), await Weights.open(altered.path));
        assert.equal(passes(report), !isNoticed, `${by}: ${JSON.stringify(report)}`);
      }
    });
  }
  await t.step("a difference where the reference itself was undecided is none", async () => {
    const { greedy_ids, greedy_margins, ...rest } = caseOf("text");
    const at = greedy_ids.length - 1;
    const undecided = greedy_margins.map((margin, i) => i === at ? 5e-4 : margin);
    const other = greedy_ids.map((id, i) => i === at ? id + 1 : id);
    assert.ok(passes(await compare({ ...rest, greedy_ids: other, greedy_margins: undecided })));
    assert.ok(!passes(await compare({ ...rest, greedy_ids: other, greedy_margins })));
  });
});

/** The ids with another one in the middle. */
function changed(ids: readonly number[]): number[] {
  return ids.map((id, i) => i === Math.floor(ids.length / 2) ? id + 1 : id);
}

/** All tensors of a case, with one value moved by a share of the largest magnitude. */
async function alter(expected: Weights, name: string, share: number): Promise<Record<string, TensorToWrite>> {
  const tensors: Record<string, TensorToWrite> = {};
  for (const stage of ["patches.0", "vision.0", "resampler", "logits"]) {
    const shape = expected.shape(`video.${stage}`);
    tensors[`video.${stage}`] = { shape, data: await expected.read(`video.${stage}`, shape) };
  }
  const { data } = tensors[name] as TensorToWrite;
  // Away from zero at the smallest value, so that the scale stays.
  const at = data.indexOf(data.reduce((least, value) => Math.abs(value) < Math.abs(least) ? value : least));
  data[at] = (data[at] as number) + share * Math.max(...data.map(Math.abs));
  return tensors;
}

Deno.test("parity explains how it is called", async () => {
  const { code, stderr } = await parity();
  assert.equal(code, 2);
  assert.match(stderr, /^usage: npm run parity -- <folder…>/);
});

const references = ["parity/a", "parity/b"].map(referenceFolder).filter((folder) => folder !== null);
Deno.test({
  name: "parity equals the original code",
  ignore: references.length === 0,
  fn: () => check(references, 6 * references.length),
});
