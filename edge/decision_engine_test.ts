import assert from "node:assert/strict";
import type { ControlPolicy, ControlSnapshot } from "../policies/offload/policy.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { profile } from "../tests/fakes/models.ts";
import { refused } from "../tests/fakes/refused.ts";
import { ANSWER, LOCAL, scripted } from "../tests/fakes/run.ts";
import { FakePicture } from "../tests/fakes/source.ts";
import { DecisionEngine } from "./decision_engine.ts";
import { Estimates } from "./estimates.ts";

const OPTIONS = {
  service: "detection",
  offloadsMax: 3,
  offloadHeight: 270,
  jpegQuality: 66,
  deadlineMs: 777,
} as const;
const FRAME = { index: 9, capturedAtMs: 1, startAtMs: 2, picture: new FakePicture(360) };
const CLOCK = new FakeClock();
CLOCK.jump(12);
const LOCALS = [profile("slow", 30, 20), profile("fast", 5, 10)];

function engineOf(decide: ControlPolicy, localModels = LOCALS) {
  const estimates = new Estimates(CLOCK);
  estimates.addLocal(12);
  estimates.addCloud(150, ANSWER.timingsMs);
  estimates.offloads.began(2000, "accurate").answered(150, 100);
  estimates.offloads.began(1000, "accurate");
  const cloud = {
    models: [profile("accurate", 20, 45)],
    uplinkBytesPerSec: 12_000,
    roundTripMs: 20,
    servers: () => [],
  };
  return new DecisionEngine({
    ...{
      source: "fake",
      tracks: () => 0,
      policy: scripted(decide, "mine"),
      parameters: { most: 3 },
      seed: 1,
    },
    ...{
      local: { workers: 2, models: localModels },
      cloud,
      estimates,
      clock: CLOCK,
      breaker: { admits: false, failuresInARow: 2 },
    },
  }, OPTIONS);
}

Deno.test("the policy is shown what the edge knows at that moment", async () => {
  let shown: ControlSnapshot | undefined;
  const decided = await engineOf((snapshot) => {
    shown = snapshot;
    return LOCAL;
  }).decide(FRAME, { local: 3, cloud: 1 });
  assert.deepEqual(decided, { policy: "mine", decision: LOCAL, snapshot: shown });
  assert.deepEqual(shown, {
    source: "fake",
    tracks: 0,
    frame: {
      ...{ index: 9, ptsMs: 360, width: 640, height: 360, ageMs: 10 },
      ...{ difference: undefined, motion: undefined },
    },
    service: "detection",
    last: undefined,
    results: [],
    local: { pending: 3, workers: 2, models: LOCALS, latencyMs: 12, measuredAgoMs: 0 },
    cloud: {
      pending: 1,
      offloadsMax: 3,
      available: false,
      models: [profile("accurate", 20, 45)],
      latencyMs: 150,
      networkMs: 100,
      queueMs: 3,
      inferMs: 15,
      measuredAgoMs: 0,
      recentFailures: 0,
      uplinkBytesPerSec: 12_000,
      roundTripMs: 20,
      underWay: [{ bytes: 1000, sinceMs: 0 }],
      recent: [{ model: "accurate", bytes: 2000, agoMs: 0, latencyMs: 150, networkMs: 100 }],
      failuresInARow: 2,
      sent: [],
      servers: [],
    },
    settings: { offloadHeight: 270, jpegQuality: 66, deadlineMs: 777 },
    parameters: { most: 3 },
  });
});

Deno.test("a policy that throws, or decides what cannot be done, is named with its frame", async () => {
  const cases: [decide: ControlPolicy, message: RegExp][] = [
    [() => {
      throw new Error("no idea\nat all");
    }, /: no idea$/],
    [() => ({ place: "local", model: "huge", reason: "" }), /names the model "huge"/],
    [() => undefined as never, /its decision undefined is not usable/],
    [(snapshot) => (snapshot.local.models as unknown[]).at(9) as never, /is not usable/],
  ];
  for (const [decide, message] of cases) {
    const told = await refused(
      () => engineOf(decide).decide(FRAME, { local: 0, cloud: 0 }),
      "internal",
    );
    assert.ok(told.startsWith(`Cannot decide about frame 9 with the policy "mine": `), told);
    assert.match(told, message);
  }
});

Deno.test("the fastest model here takes over when the cloud fails", () => {
  assert.equal(engineOf(() => LOCAL).fallbackModel(), "fast");
  assert.equal(engineOf(() => LOCAL, []).fallbackModel(), undefined);
});
