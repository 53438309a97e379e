/** That memory is given back, as far as a few cycles tell; `deno task bench:cycles` does a thousand. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const BENCH = fileURLToPath(new URL("../bench/load_cycles.ts", import.meta.url));

/**
 * Per cent by which memory may grow: collectors have their own time, and a model of 5 MB that is not
 * given back in two Workers is ten times as much.
 */
const PERCENT = 40;

for (const how of [[], ["--reload"]]) {
  Deno.test(`memory does not grow with each ${how.length === 0 ? "load" : "reload"}`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", BENCH, "--cycles", "40", "--percent", `${PERCENT}`, ...how],
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    assert.match(said, /after 10: .* MiB, after 40: .* MiB/);
  });
}
