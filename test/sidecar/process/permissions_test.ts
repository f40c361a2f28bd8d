// What Deno lets the sidecar do, tried out with exactly its own command line.

import assert from "node:assert/strict";
import { homedir } from "node:os";
import { dirname } from "node:path";
import process from "node:process";
import { sidecarArguments, sidecarEnvironment, type SidecarFolders } from "../../../host/permissions.ts";
import { ROOT } from "../../support/places.ts";
import { all, probe as probeAs } from "../../support/probe.ts";
import { LAYOUT, startSidecar, tinyPlace } from "../../support/sidecar.ts";
import { tempFolder } from "../../support/temp_folder.ts";

/** Runs the probe in the sidecar's place. */
async function probe(folders: SidecarFolders, attempts: Readonly<Record<string, string>>) {
  const args = sidecarArguments(LAYOUT, folders);
  assert.equal(args.at(-1), LAYOUT.sidecarScript);
  return await probeAs(LAYOUT.deno, args, sidecarEnvironment(folders.storageFolder), attempts);
}

Deno.test("the sidecar's command line allows what it needs and denies everything else", async () => {
  await using folder = await tempFolder();
  const [storage, model, outside] = ["storage", "model", "outside"].map((name) =>
    `${folder.path}/${name}`
  ) as [string, string, string];
  for (const path of [storage, model, outside]) await Deno.mkdir(path);
  for (const path of [`${model}/config.json`, `${outside}/secret`]) await Deno.writeTextFile(path, "{}");
  let requests = 0;
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    requests++;
    return new Response("hello");
  });
  const { port } = server.addr;

  const allowed = {
    "read its own script": LAYOUT.sidecarScript,
    "read the model": `${model}/config.json`,
    "list the model": model,
    "list the OCR weights": LAYOUT.ocrFolder,
    "list the packages": LAYOUT.packages,
    "write in the storage": `${storage}/file`,
    "read in the storage": `${storage}/file`,
    "remove in the storage": `${storage}/file`,
    "makeFolder in the storage": `${storage}/models`,
    "env that sharp looks at": "npm_config_libc",
    "ffi": "",
  };
  assert.deepEqual(
    await probe({ storageFolder: storage, modelFolders: [model] }, allowed),
    all(allowed, "allowed"),
  );

  const denied = {
    "connect to a port of this machine": `${port}`,
    "fetch from this machine": `http://127.0.0.1:${port}/`,
    "fetch from the network": "http://example.com/",
    "listen": "",
    "resolve a name": "example.com",
    "run a program": "ls",
    "run Deno again": LAYOUT.deno,
    "read the list of users": "/etc/passwd",
    "read beside the storage": `${outside}/secret`,
    "read beside the storage, the long way": `${storage}/../outside/secret`,
    "list the home folder": homedir(),
    "list the checkout": ROOT,
    "read the checkout": `${ROOT}/package.json`,
    "list the root": "/",
    "write beside the storage": `${outside}/file`,
    "write beside the storage, the long way": `${storage}/../outside/file`,
    "write into the model": `${model}/file`,
    "write into the program": `${dirname(LAYOUT.sidecarScript)}/file`,
    "write into the packages": `${LAYOUT.packages}/file`,
    "remove beside the storage": `${outside}/secret`,
    "remove the model": `${model}/config.json`,
    "link out of the storage": `${storage}/link`,
    "env that is not listed": "HOME",
    "env with a path": "PATH",
    "allEnv": "",
    "setEnv that is not listed": "SIGHTLINE_X",
    "sys": "",
    "import from the network": `http://127.0.0.1:${port}/x.js`,
  };
  const outcomes = await probe({ storageFolder: storage, modelFolders: [model] }, denied);
  // Code from elsewhere is refused before the permission is asked for.
  assert.match(outcomes["import from the network"] ?? "", /^denied|Requires import access|--no-remote/);
  assert.deepEqual({ ...outcomes, "import from the network": "denied" }, all(denied, "denied"));
  assert.equal(requests, 0);
  assert.equal(await Deno.readTextFile(`${outside}/secret`), "{}");
});

/** Names that could be taken for more than one folder, or for something else than a folder. */
const NAMES = ["a,b", "a,,b", ",", 'it\'s "quoted"', "größe 世界 🙂", " -A", "$HOME=b;c 100%20"];

for (const name of NAMES) {
  Deno.test(`a storage folder named ${JSON.stringify(name)} may be written to, and nothing that looks like a part of it`, async () => {
    await using folder = await tempFolder();
    const storage = `${folder.path}/${name}/storage`;
    const parts = name.split(",").filter((part) => part !== "" && part !== name);
    const outside = [`${folder.path}/other`, ...parts.map((part) => `${folder.path}/${part}`)];
    for (const path of [storage, ...outside]) await Deno.mkdir(path, { recursive: true });
    const denied = Object.fromEntries(outside.map((path, i) => [`write outside ${i}`, `${path}/file`]));
    const attempts = { "write in the storage": `${storage}/file`, ...denied };
    const outcomes = await probe({ storageFolder: storage, modelFolders: [] }, attempts);
    assert.deepEqual(outcomes, { ...all(denied, "denied"), "write in the storage": "allowed" });
  });
}

Deno.test("the sidecar works in a folder with any name", async () => {
  await using folder = await tempFolder();
  await using place = await tinyPlace(folder.path, `${NAMES.join(" ")}\n/storage`);
  await using sidecar = await startSidecar(place.options);
  const picture = await place.store.addFile(`${ROOT}/models/nano/examples/3-bar.png`);
  const { tokenIds } = await sidecar.request("sightline/generate", {
    conversation: [{ role: "user", content: [{ kind: "picture", picture }] }],
    thinking: false,
    ocr: "off",
    maxTokens: 2,
  });
  assert.equal(tokenIds.length, 2);
});

Deno.test("the record says what Deno granted", async () => {
  await using place = await tinyPlace();
  await using sidecar = await startSidecar(place.options);
  assert.deepEqual(sidecar.record.permissions, {
    read: "partial",
    write: "partial",
    net: "denied",
    run: "denied",
    env: "partial",
    sys: "denied",
    ffi: "granted",
  });
});

Deno.test("the sidecar's command line lists its permissions one by one", () => {
  const args = sidecarArguments(LAYOUT, { storageFolder: "/storage", modelFolders: ["/model"] });
  assert.ok(args.includes("--no-prompt") && args.includes("--no-remote"));
  assert.ok(!args.some((arg) => /^(-A|--allow-all|-[A-Za-z]*A)$/.test(arg)));
  const granted = args.filter((arg) => arg.startsWith("--allow-"));
  assert.deepEqual(granted.map((arg) => arg.split("=")[0]), [
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-ffi",
  ]);
  assert.ok(granted.slice(0, 3).every((arg) => /=./.test(arg)), "read, write and env are limited");
  assert.equal(granted[1], "--allow-write=/storage");
});

Deno.test("the sidecar's environment keeps Deno quiet and its cache in the storage", () => {
  const environment = sidecarEnvironment("/storage");
  assert.match(environment["DENO_DIR"] ?? "", /^\/storage.deno$/);
  assert.equal(environment["DENO_NO_UPDATE_CHECK"], "1");
  assert.equal(environment["PATH"], process.env["PATH"]);
});
