import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import {
  type Action,
  doublyRobustTerms,
  effectiveSize,
  estimatesOf,
  meanEstimate,
  rewardModel,
  type Sample,
} from "./estimators.ts";
import { targetOf } from "./judge.ts";

const HERE: Action = { key: "local fast", place: "local" };
const SLOW: Action = { key: "local slow", place: "local" };
const THERE: Action = { key: "cloud accurate 360 80", place: "cloud" };

/** A frame on which the judged policy always goes there. */
function sample(action: Action, reward: number, propensity: number): Sample {
  return { action, reward, propensity, target: action === THERE ? 1 : 0, drawn: [THERE] };
}

const near = (value: number, wanted: number, what?: string) =>
  assert.ok(Math.abs(value - wanted) < 1e-12, `${what ?? ""} ${value}, ${wanted} is wanted`);

Deno.test("the weighted estimators are what one reckons by hand", () => {
  // Weights 0, 4, 2, 0: those of frames on which both go there, 1 / propensity.
  const samples = [
    sample(HERE, 1, 0.75),
    sample(THERE, 0.5, 0.25),
    sample(THERE, 1, 0.5),
    sample(HERE, 0, 0.5),
  ];
  const { inversePropensity, selfNormalised, effectiveFrames, matched, meanWeight } = estimatesOf(
    samples,
    1,
  );
  near(inversePropensity.mean, (4 * 0.5 + 2 * 1) / 4);
  near(selfNormalised!.mean, (4 * 0.5 + 2 * 1) / 6);
  near(effectiveFrames, 36 / 20);
  assert.equal(matched, 2);
  near(meanWeight.mean, 1.5);
});

Deno.test("a frame counts as one, and one of great weight makes up for no others", () => {
  near(effectiveSize([1, 1, 1, 1]), 4);
  near(effectiveSize([3, 3, 0, 0]), 2);
  near(effectiveSize([100, 1e-9]), 1 + 2e-11, "nearly one");
  assert.equal(effectiveSize([0, 0]), 0);
});

Deno.test("the model is the mean of an action's rewards, shrunk to its place's, that to all", () => {
  const model = rewardModel([
    { action: HERE, reward: 1 },
    { action: HERE, reward: 0 },
    { action: THERE, reward: 1 },
  ]);
  const all = 2 / 3;
  const here = (1 + 10 * all) / 12;
  const there = (1 + 10 * all) / 11;
  near(model(HERE), (1 + 10 * here) / 12);
  near(model(THERE), (1 + 10 * there) / 11);
  near(model(SLOW), here, "nothing is known but its place");
  near(model({ key: "filter", place: "filter" }), all, "nothing is known");
  assert.equal(rewardModel([])(HERE), 0);
});

Deno.test("the doubly robust terms correct a model that has not seen the frame", () => {
  const samples = [sample(THERE, 1, 0.5), sample(HERE, 0.2, 0.5), sample(THERE, 0.4, 0.25)];
  const even = rewardModel([samples[1]!]); // of frames 0 and 2: what it was made of is the other one
  const odd = rewardModel([samples[0]!, samples[2]!]);
  const [first, second, third] = doublyRobustTerms(samples);
  near(first!, even(THERE) + 2 * (1 - even(THERE)));
  near(second!, odd(THERE), "it does something else there: the model alone");
  near(third!, even(THERE) + 4 * (0.4 - even(THERE)));
});

Deno.test("where both never do the same, only the model is left", () => {
  const samples = Array.from({ length: 30 }, () => sample(HERE, 0.5, 1));
  const { doublyRobust, inversePropensity, selfNormalised, effectiveFrames } = estimatesOf(
    samples,
    1,
  );
  near(doublyRobust.mean, 0.5);
  assert.deepEqual([inversePropensity.mean, selfNormalised, effectiveFrames], [0, null, 0]);
  assert.throws(() => estimatesOf([], 1), RangeError);
  assert.throws(() => meanEstimate([], 1), RangeError);
});

Deno.test("the same seed, the same intervals, and they become narrow as frames become many", () => {
  const rng = seededRng(5);
  const rewards = Array.from({ length: 4000 }, () => rng() < 0.3 ? 1 : 0);
  const [few, many] = [meanEstimate(rewards.slice(0, 250), 1), meanEstimate(rewards, 1)];
  assert.deepEqual(meanEstimate(rewards, 1), many);
  assert.ok(many.low < 0.3 && 0.3 < many.high, JSON.stringify(many));
  // Of 4000 frames: ±1.96 · √(0.3 · 0.7 / 4000) = ±0.0142.
  assert.ok(Math.abs(many.high - many.low - 0.0284) < 0.006, `${many.high - many.low}`);
  assert.ok(few.high - few.low > 2.5 * (many.high - many.low));
});

Deno.test("how probable an action is for a policy that goes by chance is estimated without bias", () => {
  const [p, draws, rounds] = [0.1, 4, 40_000];
  const rng = seededRng(3);
  const sums = { told: 0, counted: 0 };
  for (let i = 0; i < rounds; i++) {
    const drawn = Array.from({ length: draws }, () => rng() < p ? THERE : HERE);
    const said = new Map(drawn.map(({ key }) => [key, key === THERE.key ? p : 1 - p]));
    sums.told += targetOf(THERE, { drawn, propensities: said });
    sums.counted += targetOf(THERE, { drawn, propensities: new Map() });
  }
  assert.ok(Math.abs(sums.told / rounds - p) < 0.004, `${sums.told / rounds}`);
  assert.ok(Math.abs(sums.counted / rounds - p) < 0.004, `${sums.counted / rounds}`);
  assert.equal(targetOf(THERE, { drawn: [THERE], propensities: new Map() }), 1, "always");
  assert.equal(targetOf(HERE, { drawn: [THERE], propensities: new Map() }), 0, "never");
});
