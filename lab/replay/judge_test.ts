/** Policies that are judged by what another one did, held against what they come to themselves. */

import assert from "node:assert/strict";
import type { ControlPolicy } from "../../policies/offload/policy.ts";
import { ANY, anyOfThem, offeredBy, OPTIONS, recorded } from "../../tests/fakes/recorded.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { scripted } from "../../tests/fakes/run.ts";
import { DRAWS, judge, type JudgeOptions } from "./judge.ts";
import { rewardOf } from "./reward.ts";
import type { DecisionRecording } from "./read_recording.ts";

const JUDGED: JudgeOptions = {
  ...{ reward: "score", deadlineMs: undefined, seed: 1 },
  stop: new AbortController().signal,
};

const [, , , BEST] = OPTIONS;
const HERE = OPTIONS[0];

const bestThere: ControlPolicy = ({ cloud }) => cloud.models.length > 0 ? BEST : HERE;
/** Goes by the frame. */
const inTurn: ControlPolicy = (snapshot) => {
  const offered = offeredBy(snapshot);
  return offered[snapshot.frame.index % 3 % offered.length]!;
};
/** Goes by chance, and says so. */
const mostlyThere: ControlPolicy = ({ cloud }, rng) => {
  if (cloud.models.length === 0) return { ...HERE, propensity: 1 };
  return rng() < 0.7 ? { ...BEST, propensity: 0.7 } : { ...HERE, propensity: 0.3 };
};

const TARGETS: Readonly<Record<string, ControlPolicy>> = { bestThere, inTurn, mostlyThere };

function candidate(name: string, policy: ControlPolicy) {
  return { name, policy: scripted(policy, name), parameters: {} };
}

async function meanReward(recordings: readonly DecisionRecording[]): Promise<number> {
  const rewards: number[] = [];
  for (const recording of recordings) {
    for await (const { record } of recording.decisions()) rewards.push(rewardOf("score", record));
  }
  return rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
}

Deno.test("95 % intervals of the doubly robust estimate cover what policies come to, in 9 of 10 cases", async () => {
  await using folder = new Folder();
  const frames = 480;
  const valueOf = async (name: string, policy: ControlPolicy) =>
    await meanReward(await recorded(folder.path, scripted(policy, name), 1, { frames }));
  const there = await valueOf("bestThere", bestThere);
  const here = await valueOf("here", () => HERE);
  const truth = new Map([
    ["bestThere", there],
    ["inTurn", await valueOf("inTurn", inTurn)],
    // No decision is of consequence for another: what goes by chance is worth the mean of both.
    ["mostlyThere", 0.7 * there + 0.3 * here],
  ]);
  const candidates = Object.entries(TARGETS).map(([name, policy]) => candidate(name, policy));
  const found = Object.keys(TARGETS).map((name) => ({ name, covered: 0, sum: 0, widths: 0 }));
  const SEEDS = 40;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const recordings = await recorded(folder.path, ANY, seed, { frames });
    const { policies } = await judge(recordings, candidates, { ...JUDGED, seed });
    for (const [i, { policy, doublyRobust: { mean, low, high }, warnings }] of policies.entries()) {
      const value = truth.get(policy)!;
      found[i]!.covered += low <= value && value <= high ? 1 : 0;
      found[i]!.sum += mean;
      found[i]!.widths += high - low;
      assert.deepEqual(warnings, [], policy);
    }
  }
  for (const { name, covered, sum, widths } of found) {
    assert.ok(covered >= 0.9 * SEEDS, `${name}: ${covered} of ${SEEDS}`);
    // Intervals are some 4 standard errors wide: the mean of 40 estimates is much nearer than one.
    const [bias, width] = [sum / SEEDS - truth.get(name)!, widths / SEEDS];
    assert.ok(Math.abs(bias) < width / 8, `${name}: ${bias} off, intervals of ${width}`);
    assert.ok(width < 0.05, `${name}: intervals of ${width}`);
  }
});

Deno.test("the recorded policy is found to be worth what it came to", async () => {
  await using folder = new Folder();
  const recordings = await recorded(folder.path, ANY, 3, { frames: 600 });
  const { recorded: own, policies: [same] } = await judge(
    recordings,
    [candidate("any", anyOfThem)],
    JUDGED,
  );
  assert.ok(Math.abs(own.mean - same!.doublyRobust.mean) < 0.03, JSON.stringify([own, same]));
  assert.ok(Math.abs(same!.meanWeight.mean - 1) < 0.05, `${same!.meanWeight.mean}`);
  assert.ok(same!.matched > 580, `${same!.matched}: ${DRAWS} draws miss hardly any of 4`);
});

Deno.test("a policy whose decisions were hardly ever made is not to be trusted, which is said", async () => {
  await using folder = new Folder();
  const rarely: ControlPolicy = ({ cloud }, rng) =>
    cloud.models.length > 0 && rng() < 0.02
      ? { ...BEST, propensity: 0.02 }
      : { ...HERE, propensity: cloud.models.length > 0 ? 0.98 : 1 };
  const recordings = await recorded(folder.path, scripted(rarely, "rarely"), 1);
  const never: ControlPolicy = () => ({ ...HERE, model: "large" });
  const { policies } = await judge(
    recordings,
    [candidate("bestThere", bestThere), candidate("never", never)],
    JUDGED,
  );
  assert.match(
    policies[0]!.warnings[0]!,
    /^what it decides was hardly ever done: that counts as \d+ of 240 frames, 50 at least are wanted$/,
  );
  assert.deepEqual([policies[1]!.matched, policies[1]!.selfNormalised], [0, null]);
  assert.match(
    policies[1]!.warnings.join(),
    /had no chance to be done: .* mean of 0\.00 in place of 1/,
  );
});

Deno.test("a policy that does not say how probable its decisions are is none to judge by", async () => {
  await using folder = new Folder();
  const recordings = await recorded(folder.path, scripted(bestThere, "certain"), 1);
  const judging = judge(recordings, [candidate("any", anyOfThem)], JUDGED);
  assert.match(
    await refused(judging, "failed_precondition"),
    /at line 2 the policy "certain" does not say how probable its decision was/,
  );
});

Deno.test("other policies begin without a state and keep their own", async () => {
  await using folder = new Folder();
  const learns: ControlPolicy = (snapshot, rng) => ({
    ...anyOfThem(snapshot, rng),
    state: "theirs",
  });
  const recordings = await recorded(folder.path, scripted(learns, "learns"), 1, { frames: 5 });
  const states: unknown[] = [];
  const counts: ControlPolicy = ({ state }) => {
    states.push(state);
    return { ...HERE, state: Number(state ?? 0) + 1 };
  };
  await judge(recordings, [candidate("counts", counts)], JUDGED);
  assert.deepEqual(states, [undefined, 1, 2, 3, 4]);
  const again: unknown[] = [];
  const same: ControlPolicy = (snapshot, rng) => {
    again.push(snapshot.state);
    return learns(snapshot, rng);
  };
  await judge(recordings, [candidate("learns", same)], JUDGED);
  assert.deepEqual([again[0], again.at(-1)], [undefined, "theirs"]);
});

Deno.test("a candidate that cannot decide is told with the line", async () => {
  await using folder = new Folder();
  const recordings = await recorded(folder.path, ANY, 1, { frames: 5 });
  const wrong: ControlPolicy = ({ frame }) =>
    frame.index < 3 ? HERE : { ...HERE, model: "nonesuch" };
  assert.match(
    await refused(judge(recordings, [candidate("wrong", wrong)], JUDGED), "failed_precondition"),
    /^Cannot judge the policy "wrong" by line 4 of ".*": its decision names the model "nonesuch"/,
  );
});

Deno.test("rewards: in time, how surely something was found, how late", async () => {
  await using folder = new Folder();
  const [recording] = await recorded(folder.path, ANY, 1, { frames: 5 });
  for await (const { record } of recording!.decisions()) {
    const late = { ...record, outcome: "local", latency_ms: 121 } as const;
    const quick = { ...late, latency_ms: 120, findings: { count: 2, mean_score: 0.6 } };
    const lost = { ...late, outcome: "dropped", latency_ms: 3, findings: null } as const;
    const rewards = [late, quick, lost].map((
      one,
    ) => [rewardOf("in_time", one), rewardOf("score", one), rewardOf("latency", one)]);
    assert.deepEqual(rewards, [[0, 0, 120], [1, 0.6, 120], [0, 0, 120]]);
    assert.equal(rewardOf("in_time", late, 200), 1);
    assert.equal(rewardOf("latency", late, 200), 121);
  }
});
