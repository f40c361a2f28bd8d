// Where the editor tests find the repository and keep what they install and draw.

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { env } from "node:process";

/** The repository: the nearest folder above this bundle that holds a package.json. */
export const repositoryFolder: string = nearestPackage(import.meta.dirname);

/** Where editors and browsers are kept between runs; SIGHTLINE_EDITOR_CACHE chooses another folder. */
export const cacheFolder: string = resolve(
  env["SIGHTLINE_EDITOR_CACHE"] || join(repositoryFolder, ".cache", "editor"),
);

/** What the tests write for people: it belongs to this checkout, so a shared cache does not move it. */
const resultsFolder: string = join(repositoryFolder, ".cache", "editor");

/** Where scenarios put their pictures of the editor. */
export const screenshotFolder: string = join(resultsFolder, "screenshots");

/** Where each scenario that failed leaves what helps to find out why. */
export const failureFolder: string = join(resultsFolder, "failures");

function nearestPackage(start: string): string {
  for (let folder = start;; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) throw new Error(`Cannot find package.json in or above "${start}"`);
  }
}
