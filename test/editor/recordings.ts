// What the panel shows of a recording.

import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { eventually } from "./host/workbench.ts";

const COST = /(\d+) of \d+ frames.*?(?:(\d+) groups × (\d+) = (\d+) tok|1 group, (\d+) tok)/s;

/** What a recording costs, as the panel shows it. */
export interface Cost {
  readonly sent: number;
  readonly groups: number;
  readonly tokens: number;
}

/** What is sent of a recording and what it costs, once that differs from `before` frames. */
export async function costOf(place: Locator, before?: number): Promise<Cost> {
  const receipt = place.locator(".receipt");
  return await eventually("a recording's cost", async () => {
    const [, sent, groups = "1", each, tokens, only] = COST.exec(await receipt.innerText()) ?? [];
    if (sent === undefined || Number(sent) === before) return undefined;
    const cost = { sent: Number(sent), groups: Number(groups), tokens: Number(tokens ?? only) };
    assert.equal(cost.tokens, cost.groups * Number(each ?? only));
    assert.equal(await place.locator(".frames li").count(), cost.sent, "the strip shows other frames");
    return cost;
  });
}
