import assert from "node:assert/strict";
import { always, ANSWER, CLOUD, FakeRun } from "../tests/fakes/run.ts";
import { ProgressLine } from "./progress.ts";

Deno.test("a line says how a run is going, four times a second until it is disposed of", async () => {
  const run = new FakeRun({
    source: { frames: 4, unreadable: [2] },
    policy: always(CLOUD),
    offload: (clock) => async (request) => {
      await clock.sleep(100);
      if (request.frame === 3) throw new Error("lost");
      return ANSWER;
    },
  });
  const { clock } = run;
  const shown: string[] = [];
  const deps = { clock, progress: (line: string) => void shown.push(line) };
  {
    using progress = new ProgressLine(run.run, 4, deps);
    assert.equal(progress.line(), "0/4 frames · 0.0 fps · 0 here · 0 cloud · 0 pending");
    await run.end();
    await clock.advance(1000 - clock.nowMs());
  }
  const last =
    "4/4 frames · 3.0 fps · 1 here (100 ms) · 2 cloud (100 ms) · 0 pending · 0 dropped, 1 failed";
  assert.deepEqual([shown.length, shown.at(-1)], [4, last]);
  await clock.advance(1000);
  assert.deepEqual([shown.length, clock.sleeping], [4, 0], "nothing more is shown");
});
