/** Hundreds of runs in which everything may go wrong at any time, and what must hold in each. */

import assert from "node:assert/strict";
import { OVERFLOW_RULES } from "../core/bounded_queue.ts";
import { messageOf } from "../core/errors.ts";
import { pickIndex, type Rng, seededRng } from "../core/rng.ts";
import type { ControlPolicy } from "../policies/offload/policy.ts";
import { CONTROL_POLICIES } from "../policies/registry.ts";
import type { FakeClock } from "../core/fake_clock.ts";
import { ANSWER, FakeRun, INFERRED, type RunScript } from "../tests/fakes/run.ts";
import { PIXELS_MAX } from "./picture_budget.ts";
import { OffloadError } from "./cloud/offload_client.ts";
import type { RunEnd } from "./run_parts.ts";

const RUNS = 600;

/** Decides anything. */
const anything: ControlPolicy = (snapshot, rng) => {
  const name = ["always_local_fastest_model", "always_cloud_lowest_delay"][pickIndex(rng, 2)]!;
  if (rng() < 0.2) return { place: "filter", reason: "nothing moves" };
  const decision = CONTROL_POLICIES[name]!.policy(snapshot, rng);
  const { models } = snapshot.cloud;
  if (decision.place === "local" && models.length > 0 && rng() < 0.6) {
    const second = {
      below: rng() < 0.5 ? 1 : 0.5,
      model: models[0]!.name,
      height: 90,
      quality: 40,
    };
    const waitMs = 1 + pickIndex(rng, 200);
    return { ...decision, second: { ...second, ...(rng() < 0.5 ? { waitMs } : {}) } };
  }
  if (decision.place !== "cloud") return decision;
  return {
    ...decision,
    ...(rng() < 0.5 ? { hedgeMs: pickIndex(rng, 200) } : {}),
    ...(rng() < 0.5 ? { waitMs: 1 + pickIndex(rng, 200) } : {}),
    ...(rng() < 0.3 ? { onFailure: rng() < 0.5 ? "local" : "drop" } : {}),
  };
};

const POLICIES: readonly ControlPolicy[] = [
  ...Object.values(CONTROL_POLICIES).map(({ policy }) => policy),
  ...Array.from({ length: 6 }, () => anything), // about as often as one that comes with the program
];

/** What goes wrong, and how: drawn from a seed, so that a failing run can be run again. */
function anyScript(seed: number) {
  const rng = seededRng(seed);
  const upTo = (most: number) => pickIndex(rng, most + 1);
  const oneOf = <T>(list: readonly T[]): T => list[pickIndex(rng, list.length)]!;
  const rarely = <T>(value: T): T | undefined => rng() < 0.15 ? value : undefined;
  const frames = upTo(40);
  const policyThrowsAt = rarely(1 + upTo(frames));
  const storeFailsAt = rarely(1 + upTo(frames));
  const breaksAt = rarely(1 + upTo(frames));
  const drainAtMs = rng() < 0.3 ? upTo(600) : undefined;
  const decide = oneOf(POLICIES);
  /** Frames of which the policy itself says that they come back here. */
  const comeBack = new Set<number>();
  const policy: ControlPolicy = (snapshot, random) => {
    const { index } = snapshot.frame;
    if (index === policyThrowsAt) throw new Error("the policy gave up");
    const decision = decide(snapshot, random);
    if (decision.place === "cloud" && (decision.onFailure === "local" || "hedgeMs" in decision)) {
      comeBack.add(index);
    }
    return decision;
  };
  const options = {
    intervalMs: oneOf([0, 0, 15, 50]),
    framesMax: oneOf([0, 0, 10]),
    queueLengthMax: 1 + upTo(3),
    overflow: oneOf(OVERFLOW_RULES),
    deadlineMs: 50 + upTo(200),
    onCloudFailure: oneOf(["local", "drop"] as const),
  };
  const source = {
    frames,
    live: rng() < 0.5,
    everyMs: oneOf([0, 10, 33]),
    unreadable: rng() < 0.2 ? [1 + upTo(5), 7] : [],
    ...(breaksAt === undefined ? {} : { breaksAt }),
  };
  const slowly = async (clock: FakeClock, share: number) => {
    if (rng() < share) await clock.sleep(upTo(100));
  };
  const [inferFails, cloudFails] = [rng() * 0.3, rng()];
  const script: RunScript = {
    source,
    policy,
    options,
    slots: 1 + upTo(3),
    offloadsMax: 1 + upTo(2),
    localModels: rng() < 0.9 ? ["fast", "slow"] : [],
    infer: (clock) => async () => {
      await clock.sleep(upTo(120));
      if (rng() < inferFails) throw new Error("the worker stopped");
      return INFERRED;
    },
    offload: (clock) => ({ deadlineMs }) => anyAnswer(rng, clock, cloudFails, deadlineMs),
    sinks: [
      { queueLengthMax: 1 + upTo(3), write: (_, clock) => slowly(clock, 0.3) },
      {
        pictures: true,
        queueLengthMax: 1 + upTo(3),
        atOnce: 1 + upTo(3),
        write: async ({ frame }, clock) => {
          await slowly(clock, 0.3);
          if (frame === storeFailsAt) throw new Error("no space left");
        },
      },
    ],
    ...(drainAtMs === undefined ? {} : { drainAtMs }),
  };
  return { script, source, options, comeBack, policyThrowsAt, storeFailsAt };
}

/** A cloud that answers, refuses, hangs until the deadline, or breaks in ways nobody thought of. */
async function anyAnswer(rng: Rng, clock: FakeClock, fails: number, deadlineMs: number) {
  if (rng() >= fails) {
    await clock.sleep(pickIndex(rng, deadlineMs));
    return ANSWER;
  }
  switch (pickIndex(rng, 3)) {
    case 0:
      await clock.sleep(deadlineMs);
      throw new OffloadError("no answer in time", { bytesUp: 1000, bytesDown: 0 }, "late");
    case 1:
      throw new OffloadError("it answers 503", { bytesUp: 1000, bytesDown: 90 }, "refused");
    default:
      await clock.sleep(1);
      throw new TypeError("nobody thought of this");
  }
}

function holdDelivered(run: FakeRun, captured: number, summary: RunEnd["summary"]) {
  for (const sink of run.sinks) {
    assert.deepEqual(
      sink.records.map(({ frame }) => frame),
      Array.from({ length: captured }, (_, i) => i + 1),
      "each sink is given each captured frame once, in order of capture",
    );
    assert.equal(sink.writing, 0, "and has taken it");
    assert.equal(sink.closed?.summary, summary, "and the summary at the end");
  }
}

type Script = ReturnType<typeof anyScript>;

function hold(run: FakeRun, script: Script, { summary, failure }: RunEnd) {
  const { ledger, pending } = run.run;
  const { captured, local, cloud, filtered, dropped, failed } = ledger.counts();
  const { source, options, script: { slots, offloadsMax } } = script;
  const { node, most, spent, underWay } = run.fake;
  const { records } = run;

  assert.equal(captured, local + cloud + filtered + dropped + failed, "the ledger adds up");
  assert.deepEqual([pending, ledger.pending], [{ local: 0, cloud: 0 }, 0], "nothing is pending");
  assert.deepEqual(underWay, { local: 0, cloud: 0 }, "nothing is under way");
  assert.deepEqual([node.localTasks.running, node.offloads.running], [0, 0], "no slot is held");
  holdDelivered(run, captured, summary);
  const outcomes = Object.groupBy(records, ({ outcome }) => outcome);
  const counted = { local, cloud, filtered, dropped, failed };
  for (const [outcome, frames] of Object.entries(counted)) {
    assert.equal(outcomes[outcome as keyof typeof outcomes]?.length ?? 0, frames, outcome);
  }
  const came = captured + summary.passed_over;
  assert.equal(run.source.given.length, came, "each picture was captured, or counted");
  for (const picture of run.source.given) {
    assert.equal(picture.closed, 1, "each picture is closed exactly once");
    assert.ok(!picture.usedAfterClose, "no picture is used after it was closed");
  }
  // In the queues, in the slots, at a door, and for a live source the newest and the next.
  const atWork = 2 * options.queueLengthMax + slots! + offloadsMax! + 1 + (source.live ? 2 : 0);
  assert.ok(run.source.open.most <= atWork + PIXELS_MAX / (640 * 360), "open pictures are bounded");

  const models = Object.values(summary.models).reduce((sum, frames) => sum + frames, 0);
  assert.equal(models, local + cloud, "each inferred frame has a model");
  const sum = (key: "bytes_up" | "bytes_down") =>
    records.reduce((total, record) => total + record[key], 0);
  assert.deepEqual(summary.bytes, { up: sum("bytes_up"), down: sum("bytes_down") });
  assert.deepEqual(summary.bytes, spent, "each byte that was sent is counted");
  const fallbacks = records.filter(({ fallback }) => fallback);
  assert.equal(summary.fallbacks, fallbacks.length);
  assert.ok(fallbacks.every(({ outcome }) => outcome === "local"), "a fallback is local");
  if (options.onCloudFailure === "drop") {
    assert.ok(fallbacks.every(({ frame }) => script.comeBack.has(frame)), "only as wished");
  }

  holdRecords(run, script);
  assert.ok(most.cloud <= offloadsMax!, "offloads at once");
  assert.ok(most.local <= slots!, "inferences at once, fallbacks among them");
  if (options.framesMax > 0) {
    assert.ok(captured - dropped <= options.framesMax, "no more than asked for");
  }

  const reasons = /the policy gave up|no space left|it broke at|no model for this service/;
  if (summary.error !== undefined) assert.match(summary.error, reasons);
  else if (failure) assert.match(failure.message, /^Cannot do anything with the \d+ frames: /);
  if (records.some(({ frame }) => frame === script.storeFailsAt)) {
    assert.ok(summary.error, "a run that cannot store fails");
  }
}

/** What each record says of its frame. */
function holdRecords({ records }: FakeRun, { options, source: { live } }: Script) {
  for (const record of records) {
    const { outcome, detail, model, detections, decision, fallback, source } = record;
    const { inferred: carried, age_ms } = record;
    const inferred = outcome === "local" || outcome === "cloud";
    assert.equal(source, "fake");
    if (inferred) assert.ok(detections);
    assert.equal(detections !== undefined, inferred || carried === false);
    assert.equal(carried, age_ms === undefined ? undefined : false);
    if (carried === false) assert.equal(outcome, "filtered");
    assert.equal(model !== null, inferred);
    if (!inferred || fallback) assert.ok(detail, `${outcome}: it says why`);
    if (inferred || outcome === "filtered") assert.ok(decision, `${outcome}: it was decided`);
  }
  if (!live && options.overflow === "wait" && options.onCloudFailure === "local") {
    const unwished = records.filter(({ outcome, detail }) =>
      outcome === "dropped" && !detail?.startsWith("the cloud failed: ")
    );
    assert.deepEqual(unwished, [], "nothing of a file is dropped that can wait");
  }
}

Deno.test(`simulation: whatever goes wrong, every frame has one outcome (${RUNS} runs)`, async () => {
  const ended = { early: 0, whole: 0, drained: 0 };
  const outcomes: Record<string, number> = {};
  let droppedFallbacks = 0;
  const secondLooks = { begun: 0, used: 0 };
  for (let seed = 0; seed < RUNS; seed++) {
    const script = anyScript(seed);
    const run = new FakeRun(script.script, seed);
    try {
      const end = await run.end();
      hold(run, script, end);
      const drained = script.script.drainAtMs !== undefined;
      secondLooks.begun += end.summary.second_looks.begun;
      secondLooks.used += end.summary.second_looks.used;
      ended[end.summary.error ? "early" : drained ? "drained" : "whole"]++;
    } catch (error) {
      throw new Error(`seed ${seed}: ${messageOf(error)}`, { cause: error });
    }
    for (const { outcome, detail } of run.records) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (/the cloud failed: .*; the queue/.test(detail ?? "")) droppedFallbacks++;
    }
  }
  for (const [how, runs] of Object.entries(ended)) {
    assert.ok(runs > 20, `${runs} runs ended ${how}`);
  }
  for (const outcome of ["local", "cloud", "filtered", "dropped", "failed"]) {
    assert.ok(outcomes[outcome]! > 50, `${outcomes[outcome]} frames were ${outcome}`);
  }
  assert.ok(droppedFallbacks > 20, `${droppedFallbacks} fallbacks were dropped`);
  const { begun, used } = secondLooks;
  assert.ok(used > 50 && begun > used + 20, `of ${begun} second looks ${used} counted`);
});

Deno.test("simulation: the same seed is the same run", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const runs = [1, 2].map(async () => {
      const run = new FakeRun(anyScript(seed).script, seed);
      await run.end();
      return run.records;
    });
    assert.deepEqual(...await Promise.all(runs) as [unknown, unknown], `seed ${seed}`);
  }
});
