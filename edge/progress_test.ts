import assert from "node:assert/strict";
import { always, ANSWER, CLOUD, FakeNode, FakeRun } from "../tests/fakes/run.ts";
import type { SourceState } from "./capture/source.ts";
import { ProgressLine, type Shown } from "./progress.ts";

/** A run as the line sees it. */
function lineOf({ run }: FakeRun, frameCount?: number, live = false): Shown {
  return { run, source: { live, frameCount } };
}

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
    using progress = new ProgressLine([lineOf(run, 4)], deps);
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

/** Tells a run that its source has come to a state. */
function tell({ run }: FakeRun, state: SourceState): void {
  run.account.hear({ kind: "state", state, detail: "" });
}

Deno.test("a live source says what it does while it does not deliver", () => {
  const run = new FakeRun();
  using progress = new ProgressLine([lineOf(run, undefined, true)], run);
  const rest = "0 frames · 0.0 fps · 0 here · 0 cloud · 0 pending";
  const lines = (["connecting", "live", "stalled", "waiting", "ended"] as const).map((state) => {
    tell(run, state);
    return progress.line();
  });
  assert.deepEqual(lines, [
    `connecting · ${rest}`,
    rest,
    `stalled · ${rest}`,
    `waiting · ${rest}`,
    `ended · ${rest}`,
  ]);
});

Deno.test("of several sources, one line tells the totals and those that do not deliver", async () => {
  const node = new FakeNode();
  const runs = [3, 4, 5, 6, 7].map((frames, n) => {
    const options = { name: n === 0 ? "a".repeat(64) : `cam${n}` };
    return new FakeRun({ source: { frames }, options }, 1, node);
  });
  const live = runs.map((run) => lineOf(run, undefined, true));
  using progress = new ProgressLine(live, node);
  using counted = new ProgressLine(runs.slice(1, 3).map((run, n) => lineOf(run, 4 + n)), node);
  await Promise.all(runs.map((run) => run.end()));
  await node.clock.advance(1000 - node.clock.nowMs());
  const rest = "25 frames · 25.0 fps · 25 here · 0 cloud · 0 pending";
  for (const run of runs) tell(run, "live");
  assert.equal(progress.line(), `5 sources · ${rest}`);
  assert.equal(
    counted.line(),
    "2 sources · 9/9 frames · 9.0 fps · 9 here · 0 cloud · 0 pending",
  );
  tell(runs[2]!, "stalled");
  assert.equal(progress.line(), `5 sources · cam2 stalled · ${rest}`);
  for (const run of runs) tell(run, "waiting");
  const long = "a".repeat(20);
  assert.equal(
    progress.line(),
    `5 sources · ${long} waiting, cam1 waiting, cam2 waiting and 2 more · ${rest}`,
  );
});
