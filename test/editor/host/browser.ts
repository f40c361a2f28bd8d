// The browser in which code-server's workbench runs during tests.

import { existsSync } from "node:fs";
import { env } from "node:process";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { chromiumObstacle, installChromium } from "./install_chromium.ts";
import { runCommand } from "./run_command.ts";

const ARGUMENTS = [
  // Containers run as root and have no GPU.
  ...["--no-sandbox", "--disable-gpu"],
  // A test talks to its own machine only.
  ...["--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

const WINDOW = { width: 1280, height: 800 };

/** Why no browser can be had, or undefined. */
export function browserObstacle(): string | undefined {
  const chosen = env["SIGHTLINE_CHROMIUM"];
  if (!chosen) return chromiumObstacle();
  return existsSync(chosen) ? undefined : `SIGHTLINE_CHROMIUM names "${chosen}", which is not there`;
}

/**
 * Starts Chromium without a window: SIGHTLINE_CHROMIUM, or the one in the cache.
 * @throws Error when there is none for this platform or it does not start
 */
export async function launchBrowser(): Promise<Browser> {
  const chosen = env["SIGHTLINE_CHROMIUM"];
  const { executablePath, environment } = chosen
    ? { executablePath: chosen, environment: {} }
    : await cachedChromium();
  return await chromium.launch({
    executablePath,
    args: ARGUMENTS,
    env: { ...env, ...environment },
    // Playwright would end this process at once, leaving the editor's processes and folders behind.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/** A context that may use the clipboard of `address`. */
export async function openContext(browser: Browser, address: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: WINDOW });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(address).origin });
  return context;
}

async function cachedChromium() {
  const program = await installChromium();
  const libraries = await runCommand("ldd", [program.executable], { folder: "/" });
  return {
    executablePath: program.executable,
    environment: {
      ...(libraries.includes("not found") ? { LD_LIBRARY_PATH: program.libraryFolder } : {}),
      ...(existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_FILE: program.fontsFile }),
    },
  };
}
