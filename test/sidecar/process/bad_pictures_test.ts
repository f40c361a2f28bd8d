// Bad input from end to end: a file as a person names it, by way of the picture store and one sidecar that has to live
// through all of it. Each is refused with a sentence that names the file and the reason, or answered and said to have
// been changed.

import assert from "node:assert/strict";
import { build } from "esbuild";
import { Failure } from "../../../protocol/errors.ts";
import type { PictureReceipt, PictureRef } from "../../../protocol/conversation.ts";
import type { GenerateResult } from "../../../protocol/sidecar.ts";
import * as pictures from "../../support/bad_pictures.ts";
import { question } from "../../support/engine.ts";
import { ROOT } from "../../support/places.ts";
import { refusesA } from "../../support/refuses.ts";
import { startSidecar, tinyPlace } from "../../support/sidecar.ts";
import { tempFolder } from "../../support/temp_folder.ts";

const place = await tinyPlace();
const files = await tempFolder();
const sidecar = await startSidecar(place.options);
const pid = sidecar.process.pid;
Deno.test.afterAll(async () => {
  await sidecar[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
  await files[Symbol.asyncDispose]();
});

async function ask(...refs: readonly PictureRef[]): Promise<GenerateResult> {
  return await sidecar.request("sightline/generate", {
    conversation: [question(refs, "What is it?")],
    thinking: false,
    ocr: "off",
    maxTokens: 2,
  });
}

/** Writes a file and asks about it. */
async function askAbout(name: string, bytes: Uint8Array): Promise<PictureReceipt> {
  await Deno.writeFile(`${files.path}/${name}`, bytes);
  return await askAboutPath(`${files.path}/${name}`);
}

async function askAboutPath(path: string): Promise<PictureReceipt> {
  const { pictures: [receipt] } = await ask(await place.store.addFile(path));
  assert.ok(receipt !== undefined);
  return receipt;
}

const refuses = refusesA("picture");

/** The same sidecar answers a good picture. */
async function livesOn(): Promise<void> {
  const { sha256 } = await askAbout("good.png", await pictures.plainPng(90, 60));
  assert.match(sha256, /^[0-9a-f]{64}$/);
  assert.equal(sidecar.process.pid, pid);
  assert.equal(sidecar.process.exitCode, null);
}

function badInput(what: string, check: () => Promise<void>): void {
  Deno.test(`bad input: ${what}`, async () => {
    await check();
    await livesOn();
  });
}

const text = (content: string) => new TextEncoder().encode(content);

badInput(
  "a missing file",
  () =>
    refuses(
      askAboutPath(`${files.path}/missing.png`),
      "picture-missing",
      "missing.png",
      /there is no such file/,
    ),
);

badInput("a file that was given as a folder of the path", async () => {
  await Deno.writeFile(`${files.path}/file`, text("x"));
  await refuses(
    askAboutPath(`${files.path}/file/x.png`),
    "picture-missing",
    "x.png",
    /there is no such file/,
  );
});

badInput(
  "an empty file",
  () => refuses(askAbout("empty.png", new Uint8Array(0)), "picture-empty", "empty.png", /the file is empty/),
);

badInput(
  "text renamed .png",
  () =>
    refuses(
      askAbout("text.png", text("hello")),
      "picture-not-an-image",
      "text.png",
      /it is a text file, not a picture/,
    ),
);

badInput(
  "a truncated JPEG",
  async () =>
    refuses(
      askAbout("cut.jpg", await pictures.truncatedJpeg()),
      "picture-damaged",
      "cut.jpg",
      /damaged or cut short/,
    ),
);

badInput("a picture of one pixel", async () => {
  const receipt = await askAbout("dot.png", await pictures.plainPng(1, 1));
  assert.deepEqual([receipt.widthPx, receipt.heightPx, receipt.sliceCount], [1, 1, 1]);
});

badInput(
  "20000×30 pixels",
  async () =>
    refuses(
      askAbout("strip.png", await pictures.plainPng(20000, 30)),
      "picture-too-thin",
      "strip.png",
      /20000×30 pixels, thinner/,
    ),
);

badInput(
  "a header that claims 200 megapixels",
  () =>
    refuses(
      askAbout("bomb.png", pictures.headerBomb()),
      "picture-too-large",
      "bomb.png",
      /20000×10000 pixels \(200 megapixels\)/,
    ),
);

badInput("an animated GIF", async () => {
  const { notes, format } = await askAbout("anim.gif", await pictures.animatedGif());
  assert.deepEqual([format, notes], ["gif", [{ kind: "first-frame", frameCount: 3 }]]);
});

badInput("an SVG that refers to files and to the network", async () => {
  let requests = 0;
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    requests++;
    return new Response("");
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const svg = `<?xml version="1.0"?><?xml-stylesheet href="${url}/style.css" type="text/css"?>` +
    `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "${url}/svg11.dtd" [<!ENTITY a SYSTEM "${url}/entity">]>` +
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="200">` +
    `<style>@import url("${url}/import.css"); @font-face { font-family: x; src: url("${url}/font.ttf") }</style>` +
    `<image width="300" height="200" href="${url}/a.png"/><image width="9" height="9" xlink:href="${url}/b.png"/>` +
    `<use href="${url}/c.svg#x"/><rect width="9" height="9" fill="url(${url}/d.svg#y)"/>` +
    `<text font-family="x">&a;</text></svg>`;
  // With an entity from outside it may be refused, but must not be loaded.
  await askAbout("entity.svg", text(svg)).catch((error: unknown) => assert.ok(error instanceof Failure));
  const { notes } = await askAbout("outside.svg", text(svg.replace("&a;", "x")));
  assert.ok(notes.some(({ kind }) => kind === "external-references-left-out"), JSON.stringify(notes));
  assert.equal(requests, 0);
  // The server does hear requests.
  await (await fetch(url)).text();
  assert.equal(requests, 1);

  // A file of this machine is not looked at either: with it and without it, the model sees the same.
  const red = `${files.path}/red.png`;
  await Deno.writeFile(red, await pictures.plainPng(300, 200, "#ff0000"));
  const withFile = text(
    `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><image width="300" height="200" href="file://${red}"/></svg>`,
  );
  const without = text(`<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"></svg>`);
  const answers: string[] = [];
  for (const [name, bytes] of [["with.svg", withFile], ["without.svg", without]] as const) {
    const result = await sidecar.request("sightline/generate", {
      conversation: [question([await place.store.addBytes(bytes, name)], "What is it?")],
      thinking: false,
      ocr: "off",
      maxTokens: 20,
    });
    answers.push(result.tokenIds.join());
  }
  assert.equal(answers[0], answers[1]);
});

badInput("a CMYK JPEG", async () => {
  const { notes } = await askAbout("print.jpg", await pictures.cmykJpeg());
  assert.deepEqual(notes, [{ kind: "converted-to-srgb", from: "CMYK" }]);
});

badInput("a 16-bit PNG with alpha", async () => {
  const { notes } = await askAbout("deep.png", await pictures.deepPngWithAlpha());
  assert.deepEqual(notes, [{ kind: "reduced-to-8-bit" }, { kind: "transparency-on-white" }]);
});

badInput("a file name with quotes, line breaks, text direction and terminal codes", async () => {
  const hostile = `a"b'\n\u202egnp.exe\u2066\u200b\x1b[31m.png`;
  const visible = `a"b'\\u{a}\\u{202e}gnp.exe\\u{2066}\\u{200b}\\u{1b}[31m.png`;
  const receipt = await askAbout(hostile, await pictures.plainPng(30, 30));
  assert.equal(receipt.name, visible);
  await refuses(askAbout(`x${hostile}`, text("no")), "picture-not-an-image", `x${visible}`, /a text file/);
  await refuses(askAboutPath(`${files.path}/y${hostile}`), "picture-missing", `y${visible}`, /no such file/);
});

badInput(
  "a folder",
  () =>
    refuses(
      askAboutPath(files.path),
      "picture-is-folder",
      files.path.split("/").at(-1) as string,
      /it is a folder; choose/,
    ),
);

badInput("a file that the person may not read", async () => {
  await using folder = await tempFolder("sightline-");
  const bundle = `${folder.path}/refused_picture.mjs`;
  await build({
    entryPoints: [`${ROOT}/test/support/refused_picture.ts`],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  const secret = `${files.path}/secret.png`;
  await Deno.writeFile(secret, await pictures.plainPng(9, 9), { mode: 0o000 });
  await Deno.chmod(secret, 0o000);
  await Deno.chmod(files.path, 0o755);
  const { stdout, stderr } = await new Deno.Command("node", { args: [bundle, folder.path, secret] }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.notEqual(decode(stdout), "", decode(stderr));
  const [kind, message] = JSON.parse(decode(stdout)) as [string, string];
  assert.equal(kind, "picture-unreadable");
  assert.equal(message, 'Cannot use picture "secret.png": you have no permission to read the file.');
});

badInput("a pipe that nobody writes to, and a device without end", async () => {
  const pipe = `${files.path}/pipe.png`;
  const made = await new Deno.Command("mkfifo", { args: [pipe] }).output();
  assert.ok(made.success);
  await refuses(askAboutPath(pipe), "picture-unreadable", "pipe.png", /it is a device or a pipe, not a file/);
  await refuses(
    askAboutPath("/dev/zero"),
    "picture-unreadable",
    "zero",
    /it is a device or a pipe, not a file/,
  );
});

badInput("a file of more than 256 MB", async () => {
  const path = `${files.path}/huge.png`;
  await Deno.writeFile(path, await pictures.plainPng(9, 9));
  await Deno.truncate(path, 300 * 2 ** 20); // Takes no room on the disk.
  await refuses(
    askAboutPath(path),
    "picture-too-large",
    "huge.png",
    /the file has 300 MB, and the limit is 256 MB/,
  );
});

badInput("a copy in the storage that was damaged or removed meanwhile", async () => {
  const ref = await place.store.addBytes(await pictures.plainPng(31, 31), "copy.png");
  await Deno.writeFile(place.store.pathOf(ref), new Uint8Array(ref.byteLength));
  await refuses(
    ask(ref),
    "picture-damaged",
    "copy.png",
    /its copy on this machine has changed\. Add it again/,
  );
  await place.store.addBytes(await pictures.plainPng(31, 31), "copy.png");
  await ask(ref);
  await place.store.remove(ref);
  await refuses(ask(ref), "picture-missing", "copy.png", /its copy on this machine is gone\. Add it again/);
});
