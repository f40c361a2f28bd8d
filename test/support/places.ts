import { existsSync } from "node:fs";
import { join } from "node:path";

/** The checkout. */
export const ROOT = join(import.meta.dirname as string, "../..");

export const NANO = join(ROOT, "models/nano");

/**
 * A folder of references beside the checkout, for tests that go over more data than the checkout holds; null where
 * there is none, as on most machines. What such a test checks is checked on smaller data in any case.
 */
export function referenceFolder(name: string): string | null {
  const folder = join(ROOT, "../shared", name);
  return existsSync(folder) ? folder : null;
}
