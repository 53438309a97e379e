import assert from "node:assert/strict";
import { seededRng, seedOf } from "../../core/rng.ts";
import { play, type Scene } from "../../tests/fakes/scene.ts";
import { snapshot } from "../../tests/fakes/snapshot.ts";
import { bandit } from "./bandit.ts";

/** A link that carries 100 bytes a millisecond; every frame has it for itself. */
const SCENE: Scene = {
  ...{ frames: 600, everyMs: 100, deadlineMs: 150, parameters: {} },
  answerMs: (bytes) => 40 + bytes / 100,
};

Deno.test("the bandit learns what is in time, and sends nearly all frames so", () => {
  const { answers, sent, inTime } = play(bandit, SCENE);
  assert.ok(sent > 480, `${sent} of 600 were sent`);
  assert.ok(inTime > 0.9 * sent, `${inTime} of ${sent} in time`);
  const late = answers.slice(300).filter(({ decision }) =>
    decision.place === "cloud" &&
    40 + decision.height ** 1.5 * (1 + decision.quality / 50) / 100 > 150
  );
  assert.ok(late.length < 50, `${late.length} of the latter half were sent too large`);
});

Deno.test("an operating point that is late though the link looks good is given up", () => {
  // Above 20,000 bytes answers take for ever, which no rate that was measured tells.
  const { answers } = play(bandit, {
    ...SCENE,
    answerMs: (bytes) => bytes > 12_000 ? 1000 : 45,
  });
  const sizes = (from: number) =>
    answers.slice(from, from + 200).filter(({ decision }) =>
      decision.place === "cloud" && decision.height ** 1.5 * (1 + decision.quality / 50) > 12_000
    ).length;
  assert.ok(sizes(400) < 30, `${sizes(400)} of the last 200 frames were sent so`);
});

Deno.test("it tries something else with the share of frames that it may, and says how likely that was", () => {
  const { answers } = play(bandit, { ...SCENE, frames: 2000, parameters: { explore: 0.05 } });
  const rare = answers.filter(({ propensity }) => propensity! < 0.5).length;
  assert.ok(rare > 40 && rare < 160, `${rare} of 2000 frames`);
  const never = play(bandit, { ...SCENE, parameters: { explore: 0 } });
  assert.ok(never.answers.every(({ propensity }) => propensity === 1));
});

Deno.test("its propensities are those with which it decides", () => {
  const { answers } = play(bandit, { ...SCENE, frames: 40 });
  const state = answers.at(-1)!.state!;
  const shown = snapshot({
    frame: { index: 41, ptsMs: 4000 },
    state,
    parameters: { explore: 0.5 },
  });
  const counts = new Map<string, { count: number; propensity: number }>();
  const draws = 4000;
  for (let seed = 0; seed < draws; seed++) {
    const { propensity, reason: _, state: __, ...decision } = bandit(
      shown,
      seededRng(seedOf(seed, 41)),
    );
    const key = JSON.stringify(decision);
    counts.set(key, { count: (counts.get(key)?.count ?? 0) + 1, propensity: propensity! });
  }
  let sum = 0;
  for (const [key, { count, propensity }] of counts) {
    assert.ok(Math.abs(count / draws - propensity) < 0.03, `${key}: ${count} and ${propensity}`);
    sum += propensity;
  }
  assert.ok(sum > 0.97 && sum < 1 + 1e-9, `${sum} of all`);
});

Deno.test("without a cloud and a result there is one thing to do, and nothing is left to chance", () => {
  const { place, propensity } = bandit(snapshot({ cloud: { available: false } }), seededRng(1));
  assert.deepEqual([place, propensity], ["local", 1]);
});

Deno.test("bytes may have a price", () => {
  const dear = play(bandit, { ...SCENE, parameters: { byte_cost: 1000, explore: 0 } });
  assert.ok(dear.bytes < play(bandit, SCENE).bytes / 10, `${dear.bytes}`);
});
