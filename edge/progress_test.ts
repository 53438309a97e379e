import assert from "node:assert/strict";
import { seededRng } from "../core/rng.ts";
import { always, ANSWER, CLOUD, FakeRun } from "../tests/fakes/run.ts";
import { ProgressLine } from "./progress.ts";

Deno.test("a line says how a run is going", async () => {
  const run = new FakeRun({
    source: { frames: 4, unreadable: [2] },
    policy: always(CLOUD),
    offload: (clock) => async (request) => {
      await clock.sleep(100);
      if (request.frame === 3) throw new Error("lost");
      return ANSWER;
    },
  });
  const deps = {
    clock: run.clock,
    rng: seededRng(1),
    drain: new AbortController().signal,
    print: () => {},
  };
  using progress = new ProgressLine(run.pipeline, run.source, deps);
  assert.equal(progress.line(), "0/4 frames · 0.0 fps · 0 here · 0 cloud · 0 pending");
  await run.run();
  await run.clock.advance(800);
  assert.equal(
    progress.line(),
    "4/4 frames · 3.0 fps · 1 here (100 ms) · 2 cloud (100 ms) · 0 pending · 0 dropped, 1 failed",
  );
});
