/** Runs whose cloud is behind a slow, a cut and a dead link, in virtual time. */

import assert from "node:assert/strict";
import type { FakeClock } from "../core/fake_clock.ts";
import { always, CLOUD, FakeRun } from "./fakes/run.ts";
import { VirtualCloud, type VirtualCloudScript } from "./fakes/virtual_cloud.ts";

/** 1000 bytes, which is a frame here, take 10 ms to pass and 50 to arrive. */
const SHAPE = { bytesPerSec: 100_000, delayMs: 50 };

/** A run of 60 frames that are all sent, one each 100 ms. */
function run(script: Partial<VirtualCloudScript>, act: (cloud: VirtualCloud) => void = () => {}) {
  const frames = { frames: 60, everyMs: 100 };
  const offload = (clock: FakeClock) => {
    const cloud = new VirtualCloud(clock, { up: SHAPE, inferMs: 20, ...script });
    act(cloud);
    return cloud.offload;
  };
  const options = { offloadsMax: 2, deadlineMs: 1000 };
  return new FakeRun({ source: frames, policy: always(CLOUD), offload, options });
}

Deno.test("over a link that carries it, each frame takes what the link does", async () => {
  const fake = run({});
  const { summary } = await fake.end();
  assert.equal(summary.frames.cloud, 60);
  const { networkMs, queueMs, inferMs } = fake.fake.node.estimates.cloud();
  assert.equal(networkMs!.toFixed(6), "115.000000", "10 and 50 there, 5 and 50 back");
  assert.deepEqual([queueMs, inferMs], [0, 20]);
});

Deno.test("while a link is cut, frames stay here, and no longer than a probe needs to tell", async () => {
  const fake = run({}, (cloud) => {
    const { clock } = cloud;
    void clock.sleep(2010).then(() => cloud.up.cut());
    void clock.sleep(4010).then(() => cloud.up.mend());
  });
  const { summary } = await fake.end();
  assert.equal(summary.frames.local, summary.fallbacks);
  const fellBack = fake.records.filter(({ fallback }) => fallback).map(({ frame }) => frame);
  // Two at once, so that the third failure comes with the second deadline; the cut ends after frame 41.
  assert.ok(fellBack[0]! >= 20 && fellBack.at(-1)! <= 52, `${fellBack.join(", ")} fell back`);
  assert.equal(fake.records.at(-1)!.outcome, "cloud");
});

Deno.test("a dead cloud answers nothing, and is sent next to nothing", async () => {
  const fake = run({}, (cloud) => cloud.answers = false);
  const { summary } = await fake.end();
  assert.deepEqual([summary.frames.local, summary.fallbacks], [60, 60]);
  assert.equal(fake.fake.spent.up, 6000, "four to find out, two to probe");
});
