/** A folder of a test's own, gone at its end. */
export interface TempFolder {
  readonly path: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes an empty folder. Its name has a blank in it, as many users' folders do. */
export async function tempFolder(prefix = "sightline test "): Promise<TempFolder> {
  const path = await Deno.makeTempDir({ prefix });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true });
    },
  };
}
