/** What senders see of a forwarder whose servers fail all the time. Real processes. */

import assert from "node:assert/strict";
import { chaos, DEADLINE_MS, FAULTS, FOUND_WITHIN_MS } from "../bench/chaos/rig.ts";

const DURATION_MS = 40_000;

/** Milliseconds past its detection in which what a server had is answered elsewhere. */
const ELSEWHERE_MS = 1000;

/** MiB that the forwarder may grow by: what V8 leaves to be collected later. */
const GROWS_MIB_MAX = 150;

Deno.test({
  name: "servers that are killed, stopped, slowed and restarted cost hardly a request",
  ignore: Deno.build.os !== "linux", // there is no SIGSTOP, or no /proc
  async fn() {
    const options = { seed: 11, durationMs: DURATION_MS, servers: 4, clients: 50 };
    const { answered, faults, inFlight, memoryMiB } = await chaos(options);
    const { sent, statuses, unanswered, slowestMs, stoodStillMs, told } = answered;
    console.log(JSON.stringify({ answered, faults, memoryMiB }));
    for (const fault of FAULTS) assert.ok(faults[fault] > 0, `none was ${fault}`);
    assert.equal(unanswered, 0, told.join("\n"));
    const ok = statuses["200"] ?? 0;
    assert.ok(sent > 1000 && ok >= 0.995 * sent, `${ok} of ${sent}: ${told.join("\n")}`);
    const waitsMs = Math.min(DEADLINE_MS, FOUND_WITHIN_MS + ELSEWHERE_MS);
    assert.ok(slowestMs <= waitsMs + stoodStillMs, `the slowest took ${slowestMs} ms`);
    assert.deepEqual(
      inFlight,
      Array(1 + options.servers).fill(0),
      "of the forwarder and of each server",
    );
    assert.ok(memoryMiB.most <= memoryMiB.first + GROWS_MIB_MAX, JSON.stringify(memoryMiB));
  },
});
