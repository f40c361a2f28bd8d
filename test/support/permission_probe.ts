// Tries what the sidecar may do and what it may not, and prints which was let through. It is run with exactly the
// sidecar's own permissions: `deno <the sidecar's arguments> probe.ts <attempts as JSON>`. Plain JavaScript but for types
// that Deno strips, without imports: it lies outside every folder that may be read.

const attempts = JSON.parse(Deno.args[0] ?? "") as Record<string, string>;
const actions: Readonly<Record<string, (target: string) => unknown>> = {
  read: (path) => Deno.readFile(path),
  list: (path) => Array.fromAsync(Deno.readDir(path)),
  write: (path) => Deno.writeTextFile(path, "x"),
  makeFolder: (path) => Deno.mkdir(path),
  link: (path) => Deno.symlink("/etc/passwd", path),
  remove: (path) => Deno.remove(path),
  connect: async (port) => (await Deno.connect({ port: Number(port) })).close(),
  fetch: async (url) => await (await fetch(url)).text(),
  listen: () => Deno.listen({ port: 0 }).close(),
  resolve: (name) => Deno.resolveDns(name, "A"),
  run: (program) => new Deno.Command(program).output(),
  env: (name) => Deno.env.get(name),
  allEnv: () => Deno.env.toObject(),
  setEnv: (name) => Deno.env.set(name, "x"),
  sys: () => Deno.hostname(),
  import: (url) => import(url),
  ffi: () => Deno.UnsafePointer.of(new Uint8Array(1)),
};

const outcomes: Record<string, string> = {};
for (const [name, target] of Object.entries(attempts)) {
  const action = actions[name.split(" ")[0] as string];
  if (action === undefined) throw new TypeError(`no action for "${name}"`);
  try {
    await action(target);
    outcomes[name] = "allowed";
  } catch (error) {
    outcomes[name] = error instanceof Deno.errors.NotCapable ? "denied" : `failed: ${error}`;
  }
}
console.log(JSON.stringify(outcomes));
