/** Tests of the policy: `deno test mine_test.ts`. They need no edge and no cloud. */

import assert from "node:assert/strict";
import policy, { parameters } from "./mine.ts";
import type {
  ControlSnapshot,
  ModelProfile,
  RecentResult,
} from "./smarteye.d.ts";

/** What a case says otherwise than `snapshot` does. */
interface Said {
  readonly frame?: Partial<ControlSnapshot["frame"]>;
  readonly results?: ControlSnapshot["results"];
  readonly local?: Partial<ControlSnapshot["local"]>;
  readonly cloud?: Partial<ControlSnapshot["cloud"]>;
  readonly settings?: Partial<ControlSnapshot["settings"]>;
  readonly parameters?: ControlSnapshot["parameters"];
  readonly state?: ControlSnapshot["state"];
}

/** An idle edge with a fast model, and a cloud with an accurate one. */
function snapshot(said: Said = {}): ControlSnapshot {
  return {
    source: "camera",
    frame: {
      ...{ index: 10, ptsMs: 360, width: 1280, height: 720 },
      ...{ ageMs: 1, difference: undefined, motion: undefined },
      ...said.frame,
    },
    service: "detection",
    last: undefined,
    results: said.results ?? [],
    tracks: 0,
    local: {
      ...{ pending: 0, workers: 1, models: [model("fast", 13, 20)] },
      ...{ latencyMs: undefined, measuredAgoMs: undefined },
      ...said.local,
    },
    cloud: {
      ...{ pending: 0, offloadsMax: 4, available: true },
      models: [model("fast", 13, 5), model("accurate", 45, 30)],
      ...{ latencyMs: undefined, networkMs: undefined, queueMs: undefined },
      ...{ inferMs: undefined, uplinkBytesPerSec: undefined },
      ...{ roundTripMs: undefined, underWay: [], recent: [] },
      ...{ measuredAgoMs: undefined, recentFailures: 0, failuresInARow: 0 },
      ...{ sent: [], servers: [] },
      ...said.cloud,
    },
    settings: {
      ...{ offloadHeight: 480, jpegQuality: 85, deadlineMs: 1000 },
      ...said.settings,
    },
    parameters: said.parameters ?? {},
    ...(said.state === undefined ? {} : { state: said.state }),
  };
}

function model(
  name: string,
  accuracy: number,
  latencyMs: number,
): ModelProfile {
  return { name, service: "detection", accuracy, latencyMs };
}

/** A frame that was inferred here, in which two things were found for certain. */
function result(said: Partial<RecentResult> = {}): RecentResult {
  return {
    ...{ index: 9, ptsMs: 320, place: "local", model: "fast" },
    ...{ height: 0, quality: 0, count: 2, meanScore: 0.9, agreements: [] },
    ...said,
  };
}

/** An rng that draws the same number each time. */
const draws = (number: number) => () => number;

const turn = { since: parameters.every.default - 1 };

const CASES: [what: string, given: ControlSnapshot, place: string][] = [
  ["the first frame", snapshot(), "local"],
  ["its turn", snapshot({ state: turn }), "cloud"],
  ["each one's turn", snapshot({ parameters: { every: 1 } }), "cloud"],
  ["no cloud", snapshot({ state: turn, cloud: { available: false } }), "local"],
  ["no model there", snapshot({ state: turn, cloud: { models: [] } }), "local"],
  ["no model here", snapshot({ local: { models: [] } }), "filter"],
  [
    "a slow cloud",
    snapshot({ state: turn, cloud: { latencyMs: 900 } }),
    "local",
  ],
  ["a clear result", snapshot({ results: [result()] }), "local"],
  // Your own cases go here.
];

for (const [what, given, place] of CASES) {
  Deno.test(`${what}: ${place}`, () => {
    const answer = policy(given, draws(0.5));
    assert.equal(answer.place, place, answer.reason);
  });
}

Deno.test("a slow cloud is tried now and then", () => {
  const slow = snapshot({ cloud: { latencyMs: 900 } });
  const share = parameters.explore.default;
  assert.equal(policy(slow, draws(share / 2)).place, "cloud");
  assert.equal(policy(slow, draws(share * 2)).place, "local");
});

Deno.test("one frame in a few is sent, by what its state says", () => {
  const places: string[] = [];
  let state: ControlSnapshot["state"];
  for (let index = 1; index <= 6; index++) {
    const said = {
      frame: { index },
      ...(state === undefined ? {} : { state }),
    };
    const answer = policy(snapshot(said), draws(0.5));
    places.push(answer.place);
    state = answer.state;
  }
  const three = ["local", "local", "cloud"];
  assert.deepEqual(places, [...three, ...three]);
});
