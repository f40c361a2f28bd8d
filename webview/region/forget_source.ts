/** Takes a picture that is no longer there out of the cache of files that VS Code keeps for its pages. */
export async function forgetSource(source: string): Promise<void> {
  for (const name of await caches.keys()) await (await caches.open(name)).delete(source);
}
