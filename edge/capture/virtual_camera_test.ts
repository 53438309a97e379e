import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { FakeSource, type SourceScript } from "../../tests/fakes/source.ts";
import type { SourceEvent } from "./source.ts";
import { VirtualCamera } from "./virtual_camera.ts";

/** A played source of pictures 40 ms apart: when each came, and its time. */
function played(script: SourceScript, realtime: boolean, loop: boolean) {
  const clock = new FakeClock();
  const opened: FakeSource[] = [];
  const open = () => {
    const source = new FakeSource(script, clock);
    opened.push(source);
    return Promise.resolve(source);
  };
  const source = new FakeSource(script, clock);
  opened.push(source);
  const camera = new VirtualCamera(source, open, { realtime, loop, clock });
  const seen: [atMs: number, ptsMs: number][] = [];
  const stop = new AbortController();
  const told: SourceEvent[] = [];
  const read = async (picturesMax = Infinity) => {
    for await (const picture of camera.pictures(stop.signal, (event) => told.push(event))) {
      seen.push([clock.nowMs(), picture.ptsMs]);
      if (seen.length >= picturesMax) stop.abort();
    }
  };
  const states = () => told.map((event) => event.kind === "state" ? event.state : event.kind);
  return { clock, camera, opened, seen, states, read };
}

Deno.test("in real time each picture comes when it is due, and the source is live", async () => {
  const { clock, camera, seen, read } = played({ frames: 3 }, true, false);
  assert.equal(camera.live, true);
  await clock.until(read());
  assert.deepEqual(seen, [[0, 0], [40, 40], [80, 80]]);
});

Deno.test("a picture that took too long comes at once, and the next when it is due", async () => {
  const { clock, seen, read } = played({ frames: 4, delaysMs: [0, 100, 0, 0] }, true, false);
  await clock.until(read());
  assert.deepEqual(seen, [[0, 0], [100, 40], [100, 80], [120, 120]]);
});

Deno.test("what ends begins again, and time goes on", async () => {
  const { clock, camera, opened, seen, read } = played({ frames: 2 }, false, true);
  assert.deepEqual([camera.live, camera.frameCount], [false, undefined]);
  await clock.until(read(5));
  assert.deepEqual(seen.map(([, ptsMs]) => ptsMs), [0, 40, 80, 120, 160]);
  assert.equal(opened.length, 3);
});

Deno.test("a source that breaks off is not begun again", async () => {
  const { clock, opened, read } = played({ frames: 9, breaksAt: 3 }, true, true);
  assert.match(await clock.until(refused(read(), "failed_precondition")), /it broke at 3/);
  assert.equal(opened.length, 1);
});

Deno.test("however a played source ends, it says that it has ended", async () => {
  const stopped = played({ frames: 2 }, true, true);
  await stopped.clock.until(stopped.read(5));
  const broken = played({ frames: 9, breaksAt: 3 }, true, true);
  await broken.clock.until(refused(broken.read(), "failed_precondition"));
  const over = played({ frames: 3 }, true, false);
  await over.clock.until(over.read());
  for (const { states } of [stopped, broken, over]) assert.deepEqual(states(), ["live", "ended"]);
});
