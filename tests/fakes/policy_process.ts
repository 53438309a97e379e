/** A user's policy that does not end, in a process of its own: there its threads end with it. */

import { fileURLToPath } from "node:url";
import { Program } from "./program.ts";
import { type Clock, systemClock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import { loadControlPolicy } from "../../policies/registry.ts";
import { snapshot } from "./snapshot.ts";

/** Real time, ten times as fast: ten seconds are one. */
const HASTY: Clock = {
  nowMs: () => 10 * performance.now(),
  epochMs: () => Date.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};

/** Decisions that are asked for. */
const DECISIONS = 20;

/** Loads a module as a control policy; asks it, if that is wanted. All of it ten times as fast. */
export class PolicyProcess extends Program {
  constructor(path: string, ...ask: ["ask"?]) {
    super([path, ...ask as string[]], {}, ["run", "-A", fileURLToPath(import.meta.url)]);
  }

  /** What became of the loading and of each decision, a line each. */
  async said(): Promise<string[]> {
    const { stdout, stderr } = await this.ran();
    if (stdout === "") throw new Error(stderr);
    return stdout.trimEnd().split("\n");
  }
}

async function say(doing: () => unknown): Promise<void> {
  try {
    await doing();
    console.log("well");
  } catch (error) {
    console.log(messageOf(error));
  }
}

if (import.meta.main) {
  const [path, ask] = Deno.args;
  await say(async () => {
    const policy = await loadControlPolicy(path!, { clock: HASTY, budgetMs: 1000 });
    for (let index = 0; ask && index < DECISIONS; index++) {
      await say(() => policy.ask(snapshot({ frame: { index } }), 1));
      await HASTY.sleep(500);
    }
  });
  Deno.exit(0);
}
