// Fills a folder of the cache exactly once, whoever asks and however often a try was cut short.
// The work happens in a folder of its own that is renamed when complete, so what stands under the
// final name is always whole. The lock only saves two processes from doing the same work twice.

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pid } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { report } from "./progress.ts";

/** Written last; holds what was installed, for people who look. */
const STAMP = "installed.json";
/** No install takes this long; an older lock was left by a process on another machine or container. */
const STALE_LOCK_MS = 20 * 60_000;
const LOCK_PAUSE_MS = 500;

/** What goes into a folder of the cache. */
export interface Installation {
  /** What people call it. */
  readonly name: string;
  /** Final folder; its name must change with anything in `contents`. */
  readonly folder: string;
  /** What is installed, with exact versions. */
  readonly contents: Readonly<Record<string, string>>;
  /** Fills the empty folder that it is given; must not write that folder's path into any file. */
  readonly fill: (folder: string) => Promise<void>;
}

/**
 * Installs unless it has been installed, waiting for another process that is doing it.
 * @throws whatever `fill` throws; the next call starts again from nothing
 */
export async function installOnce(installation: Installation): Promise<void> {
  const { name, folder } = installation;
  if (isInstalled(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const unlock = await lock(folder, name);
  try {
    if (isInstalled(folder)) return;
    await fillAndRename(installation);
  } finally {
    await unlock();
  }
}

async function fillAndRename({ name, folder, contents, fill }: Installation): Promise<void> {
  const startMs = Date.now();
  report(`installing ${name} into ${folder}`);
  await removeAbandoned(folder);
  const staging = `${folder}.partial-${pid}`;
  await mkdir(staging);
  try {
    await fill(staging);
    await writeFile(join(staging, STAMP), `${JSON.stringify(contents, null, 2)}\n`);
    if (existsSync(folder) && !isInstalled(folder)) await rm(folder, { recursive: true });
    await rename(staging, folder).catch((error: unknown) => {
      // Another process, having taken our lock for a dead one's, was faster: its copy is as good.
      if (!isInstalled(folder)) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  report(`installed ${name} in ${Math.round((Date.now() - startMs) / 1000)} s`);
}

/** Whether a folder of the cache has been filled to its end. */
export function isInstalled(folder: string): boolean {
  return existsSync(join(folder, STAMP));
}

/** Deletes the partial folders of processes that are no more. */
async function removeAbandoned(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.partial-`;
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** Takes the lock of a folder, and gives the function that lets it go. */
async function lock(folder: string, name: string): Promise<() => Promise<void>> {
  const path = `${folder}.lock`;
  for (let hasToldWaiting = false;; hasToldWaiting = true) {
    try {
      await writeFile(path, String(pid), { flag: "wx" });
      return () => rm(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    if (await isStale(path)) {
      await rm(path, { force: true });
      continue;
    }
    if (!hasToldWaiting) report(`waiting for another process that is installing ${name} (${path})`);
    await delay(LOCK_PAUSE_MS);
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const ageMs = Date.now() - (await stat(path)).mtimeMs;
    if (ageMs > STALE_LOCK_MS) return true;
    const owner = Number(await readFile(path, "utf8"));
    // An empty file is a lock whose owner is just writing its number.
    return owner === 0 ? ageMs > 10 * LOCK_PAUSE_MS : !isAlive(owner);
  } catch {
    return false; // The lock was let go while we looked.
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM means that the process is there but belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
