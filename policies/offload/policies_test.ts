import assert from "node:assert/strict";
import type { ModelProfile } from "../../core/model.ts";
import { seededRng } from "../../core/rng.ts";
import { profile } from "../../tests/fakes/models.ts";
import { snapshot } from "../../tests/fakes/snapshot.ts";
import { alwaysCloudLowestDelay } from "./always_cloud_lowest_delay.ts";
import { alwaysLocalFastestModel } from "./always_local_fastest_model.ts";
import type { ControlSnapshot, Decision } from "./policy.ts";
import { fastestModel, mostAccurateModel } from "./rank.ts";
import { thresholdOffloadPolicy } from "./threshold_offload_policy.ts";

const rng = seededRng(1);

/** What is decided, without the reason. */
function plan({ reason: _, ...decision }: Decision) {
  return decision;
}

const toCloud = (model: string) => ({ place: "cloud", model, height: 360, quality: 75 });
const toEdge = (model: string) => ({ place: "local", model });

Deno.test("each policy decides as it is named", () => {
  const busy = (pending: number, pending_threshold = 2) =>
    snapshot({ local: { pending }, parameters: { pending_threshold } });
  const swapped = snapshot({
    local: { models: [profile("fast", 40, 13), profile("slow", 5, 30)] },
    cloud: { models: [profile("fast", 2, 45), profile("accurate", 20, 13)] },
  });
  const cases: [
    what: string,
    policy: typeof thresholdOffloadPolicy,
    s: ControlSnapshot,
    wanted: object,
  ][] = [
    ["local: the fastest", alwaysLocalFastestModel, snapshot(), toEdge("fast")],
    ["local: latencies swapped", alwaysLocalFastestModel, swapped, toEdge("slow")],
    ["local: however busy", alwaysLocalFastestModel, busy(99), toEdge("fast")],
    ["cloud: the most accurate", alwaysCloudLowestDelay, snapshot(), toCloud("accurate")],
    ["cloud: accuracies swapped", alwaysCloudLowestDelay, swapped, toCloud("fast")],
    ["cloud: however idle the edge", alwaysCloudLowestDelay, busy(0), toCloud("accurate")],
    ["threshold: idle", thresholdOffloadPolicy, busy(0), toEdge("fast")],
    ["threshold: one below", thresholdOffloadPolicy, busy(1), toEdge("fast")],
    ["threshold: reached", thresholdOffloadPolicy, busy(2), toCloud("accurate")],
    ["threshold: passed", thresholdOffloadPolicy, busy(9), toCloud("accurate")],
    ["threshold: another one", thresholdOffloadPolicy, busy(9, 10), toEdge("fast")],
    ["threshold: nothing stays here", thresholdOffloadPolicy, busy(0, 0), toCloud("accurate")],
  ];
  for (const [what, policy, given, wanted] of cases) {
    assert.deepEqual(plan(policy(given, rng)), wanted, what);
  }
});

Deno.test("the threshold's reason tells what it compared", () => {
  const { reason } = thresholdOffloadPolicy(snapshot({ local: { pending: 3 } }), rng);
  assert.equal(reason, "3 local pending ≥ 2");
});

Deno.test("a choice by accuracy tells of models that are not rated", () => {
  const [rated, bare, other] = [
    profile("rated", 9, 30),
    profile("bare", 1, undefined),
    profile("other", 2, undefined),
  ];
  const cases: [models: ModelProfile[], note: string][] = [
    [[rated], ""],
    [[bare], ""],
    [[rated, bare], ", 1 of 2 not rated"],
    [[bare, other], ", no model is rated"],
  ];
  for (const [models, note] of cases) {
    const s = snapshot({ cloud: { models }, local: { pending: 9 } });
    assert.equal(alwaysCloudLowestDelay(s, rng).reason, `always cloud, most accurate model${note}`);
    assert.equal(thresholdOffloadPolicy(s, rng).reason, `9 local pending ≥ 2${note}`);
  }
});

Deno.test("a place without models is said to have none", () => {
  const here = snapshot({ local: { models: [] } });
  const there = snapshot({ cloud: { models: [] }, local: { pending: 9 } });
  assert.throws(() => alwaysLocalFastestModel(here, rng), /the edge has no model/);
  assert.throws(() => thresholdOffloadPolicy(here, rng), /the edge has no model/);
  assert.throws(() => alwaysCloudLowestDelay(there, rng), /the cloud has no model/);
  assert.throws(() => thresholdOffloadPolicy(there, rng), /the cloud has no model/);
  assert.deepEqual(plan(alwaysCloudLowestDelay(here, rng)), toCloud("accurate"));
});

Deno.test("models are ranked by what is known of them", () => {
  const cases: [
    what: string,
    models: ModelProfile[],
    fastest: string | undefined,
    accurate: string | undefined,
  ][] = [
    ["none", [], undefined, undefined],
    ["one that is unknown", [profile("a", undefined, undefined)], "a", "a"],
    [
      "unknown ones come last",
      [profile("a", undefined, undefined), profile("b", 900, 1)],
      "b",
      "b",
    ],
    ["equal latencies go by name", [profile("b", 5, 1), profile("a", 5, 2)], "a", "a"],
    ["equal accuracies go by latency", [profile("a", 9, 40), profile("b", 5, 40)], "b", "b"],
    ["all equal go by name", [profile("b", 5, 40), profile("a", 5, 40)], "a", "a"],
    [
      "unmeasured ones too go by name",
      [
        profile("b", undefined, undefined),
        profile("a", undefined, undefined),
      ],
      "a",
      "a",
    ],
  ];
  for (const [what, models, fastest, accurate] of cases) {
    const given = [...models];
    assert.equal(fastestModel(models)?.name, fastest, `fastest: ${what}`);
    assert.equal(mostAccurateModel(models)?.name, accurate, `most accurate: ${what}`);
    assert.deepEqual(models, given, "the list is left as it is");
  }
});
