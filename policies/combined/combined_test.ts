/** Policies that are combined: what each is told, what is kept for it, and what comes out. */

import assert from "node:assert/strict";
import { systemClock } from "../../core/clock.ts";
import { seededRng, seedOf } from "../../core/rng.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { anyFrames, snapshot } from "../../tests/fakes/snapshot.ts";
import { givenParameters } from "../given_parameters.ts";
import { LateDecision, type LoadedPolicy } from "../loaded_policy.ts";
import { decideOn } from "../offload/decide.ts";
import { wireBytes } from "../offload/expected_accuracy.ts";
import type { Answer, ControlPolicy, ControlSnapshot, Json } from "../offload/policy.ts";
import { loadControlPolicy } from "../registry.ts";
import { budgeted } from "./budgeted.ts";
import { fallback } from "./fallback.ts";
import { shadow } from "./shadow.ts";

const HERE: Answer = { place: "local", model: "fast", reason: "here" };
const THERE: Answer = { place: "cloud", model: "accurate", height: 160, quality: 65, reason: "up" };
const HOST = { clock: systemClock, budgetMs: 2000 };

/** A policy that is loaded, with one parameter. */
function loaded(name: string, policy: ControlPolicy): LoadedPolicy<ControlSnapshot> {
  const rate = { about: "a rate", unit: "", default: 1, min: 0, max: 9 };
  return {
    ...{ name, parameters: { rate }, needs: [], close() {} },
    ask: (shown, seed) => policy(shown, seededRng(seed)),
  };
}

const always = (answer: Answer, name = "p") => loaded(name, () => answer);
const failing = (error: Error, name = "p") =>
  loaded(name, () => {
    throw error;
  });

/** Decides about frames one after the other. */
async function decided(
  policy: LoadedPolicy<ControlSnapshot>,
  frames: readonly ControlSnapshot[],
) {
  const answers = [];
  let state: Json | undefined;
  for (const frame of frames) {
    const shown = { ...frame, ...(state === undefined ? {} : { state }) };
    const answer = await decideOn(policy, shown, seedOf(1, frame.frame.index));
    if (answer.state !== undefined) state = answer.state;
    answers.push(answer);
  }
  return answers;
}

const one = async (policy: LoadedPolicy<ControlSnapshot>, shown = snapshot()) =>
  (await decided(policy, [shown]))[0]!;

Deno.test("fallback: what the first decides, and the second where it does not", async () => {
  const second = always(HERE, "b");
  assert.equal((await one(fallback(always(THERE), second))).decision.place, "cloud");
  const cases: readonly [first: LoadedPolicy<ControlSnapshot>, why: RegExp][] = [
    [failing(new LateDecision("it did not answer within 50 ms")), /^here; p: it did not answer/],
    [failing(new Error("no idea")), /^here; p: no idea$/],
    [always({ ...HERE, model: "nonesuch" }), /^here; p: its decision names the model "nonesuch"/],
  ];
  for (const [first, why] of cases) {
    const { decision } = await one(fallback(first, second));
    assert.equal(decision.place, "local");
    assert.match(decision.reason, why);
  }
  const dead = snapshot({ cloud: { available: false } });
  const { decision } = await one(fallback(always(THERE), second), dead);
  assert.deepEqual([decision.place, decision.reason], [
    "local",
    "here; p: the cloud is not available",
  ]);
});

Deno.test("fallback: a propensity is told where it is right", async () => {
  const likely = (answer: Answer, propensity: number) => always({ ...answer, propensity });
  const dead = snapshot({ cloud: { available: false } });
  const told = async (
    first: LoadedPolicy<ControlSnapshot>,
    second: Answer,
    shown?: ControlSnapshot,
  ) => (await one(fallback(first, always(second, "b")), shown)).propensity;
  assert.equal(await told(likely(THERE, 0.3), HERE), 0.3);
  assert.equal(await told(likely(HERE, 0.3), HERE, dead), undefined, "the other came to it too");
  assert.equal(await told(likely(HERE, 1), HERE, dead), 1);
  assert.equal(await told(likely(THERE, 1), { ...HERE, propensity: 0.4 }, dead), 0.4);
  assert.equal(await told(failing(new Error("no")), { ...HERE, propensity: 0.4 }), undefined);
});

Deno.test("budgeted: what fits is sent, what does not is done without the cloud", async () => {
  const bytes = wireBytes(snapshot(), { height: 160, quality: 65 });
  const everyMs = 100;
  const frames = Array.from(
    { length: 101 },
    (_, i) => snapshot({ frame: { index: i + 1, ptsMs: i * everyMs } }),
  );
  // Three and a half frames a second.
  const rate = Math.round(3.5 * bytes);
  const answers = await decided(budgeted(always(THERE), rate), frames);
  const sent = answers.filter(({ decision }) => decision.place === "cloud").length;
  assert.ok(Math.abs(sent - (35 + 3)) <= 1, `${sent} in ten seconds, three saved up before`);
  const stayed = answers.find(({ decision }) => decision.place === "local")!;
  assert.match(stayed.decision.reason, /^fastest model here; \d+ bytes do not fit into \d+ a sec/);
});

Deno.test("budgeted: a frame that is larger than a second's bytes is sent once they are saved up", async () => {
  const bytes = wireBytes(snapshot(), { height: 160, quality: 65 });
  const frames = Array.from(
    { length: 100 },
    (_, i) => snapshot({ frame: { index: i + 1, ptsMs: i * 100 } }),
  );
  const answers = await decided(budgeted(always(THERE), Math.round(bytes / 2)), frames);
  const sent = answers.filter(({ decision }) => decision.place === "cloud").length;
  assert.ok(sent === 5 || sent === 6, `${sent} in ten seconds, one every two`);
});

Deno.test("budgeted: the policy itself says what is done without the cloud", async () => {
  const asked: ControlSnapshot[] = [];
  const policy = loaded("p", (shown) => {
    asked.push(shown);
    if (shown.cloud.available) return { ...THERE, state: "sent" };
    return { place: "filter", reason: "not worth it", state: "filtered" };
  });
  const frames = [1, 2].map((index) => snapshot({ frame: { index, ptsMs: index } }));
  const [first, second] = await decided(budgeted(policy, 1), frames);
  assert.deepEqual([first?.decision.place, second?.decision.place], ["cloud", "filter"]);
  assert.deepEqual(asked.map(({ cloud }) => cloud.available), [true, true, false]);
  assert.deepEqual(asked.map(({ state }) => state), [undefined, "sent", "sent"]);
  assert.equal((second!.state as { policies: Json[] }).policies[0], "filtered");
  const blind = snapshot({ local: { models: [] } });
  const [, none] = await decided(budgeted(always(THERE), 1), [blind, blind]);
  assert.equal(none?.decision.place, "filter");
});

Deno.test("budgeted: a second look costs as if it were one, and what does not fit has none", async () => {
  const { model, height, quality } = THERE as Extract<Answer, { place: "cloud" }>;
  const looking: Answer = { ...HERE, second: { below: 0.5, model, height, quality } } as Answer;
  const frames = [1, 2].map((index) => snapshot({ frame: { index, ptsMs: index } }));
  const [first, second] = await decided(budgeted(always(looking), 1), frames);
  assert.ok(first?.decision.place === "local" && first.decision.second);
  assert.ok(second?.decision.place === "local" && !second.decision.second);
});

Deno.test("budgeted: a propensity is told where it is right", async () => {
  const likely = (answer: Answer, propensity: number) => always({ ...answer, propensity });
  const told = async (policy: LoadedPolicy<ControlSnapshot>, shown?: ControlSnapshot) =>
    (await one(budgeted(policy, 1_000_000), shown)).propensity;
  assert.equal(await told(likely(THERE, 0.3)), 0.3, "nothing else becomes an offload");
  assert.equal(await told(likely(HERE, 0.3)), undefined, "what does not fit may come to it");
  assert.equal(await told(likely(HERE, 1)), 1);
  const dead = snapshot({ cloud: { available: false } });
  assert.equal(await told(likely(HERE, 0.3), dead), 0.3, "nothing is sent anyhow");
});

Deno.test("shadow: the live one's decision is done, the other's is told", async () => {
  const live = always({ ...HERE, propensity: 0.5 }, "a");
  const { decision, propensity, shadow: beside } = await one(shadow(live, always(THERE, "b")));
  assert.deepEqual([decision, propensity], [HERE, 0.5]);
  const { place, model, height, quality, reason } = THERE as Extract<Answer, { place: "cloud" }>;
  assert.deepEqual(beside, { place, model, height, quality, reason, agrees: false });
  const alike = await one(shadow(live, always({ ...HERE, reason: "otherwise" }, "b")));
  assert.deepEqual(alike.shadow, { ...HERE, reason: "otherwise", agrees: true });
  const broken = await one(shadow(live, failing(new LateDecision("it was late"), "b")));
  assert.deepEqual([broken.decision, broken.shadow], [HERE, { failed: "it was late" }]);
  await assert.rejects(one(shadow(failing(new LateDecision("late")), live)), LateDecision);
});

Deno.test("each policy has its own state, parameters and numbers", async () => {
  const seen: { name: string; shown: ControlSnapshot; number: number }[] = [];
  const noting = (name: string) =>
    loaded(name, (shown, rng) => {
      const number = rng();
      seen.push({ name, shown, number });
      const calls = Number(shown.state ?? 0) + 1;
      return { ...HERE, ...(calls < 3 ? { state: calls } : {}) };
    });
  const policy = shadow(noting("a"), shadow(noting("b"), noting("a")));
  assert.deepEqual(Object.keys(policy.parameters), ["a.rate", "b.rate"]);
  const given = { a: { rate: { text: "2", where: "x" } }, b: { rate: { text: "3", where: "y" } } };
  const parameters = givenParameters(policy, given);
  assert.deepEqual(parameters, { "a.rate": 2, "b.rate": 3 });
  const frames = [1, 2, 3, 4].map((index) => snapshot({ frame: { index }, parameters }));
  await decided(policy, frames);
  const of = (name: string) => seen.filter((one) => one.name === name);
  assert.deepEqual(of("b").map(({ shown }) => shown.state), [undefined, 1, 2, 2], "it is kept");
  assert.deepEqual(of("b").map(({ shown }) => shown.parameters), Array(4).fill({ rate: 3 }));
  assert.deepEqual(of("a").map(({ shown }) => shown.parameters), Array(8).fill({ rate: 2 }));
  assert.equal(new Set(seen.map(({ number }) => number)).size, 12, "no two draw the same");
});

Deno.test("combined policies that come with the program decide again as they did", async () => {
  const text = "shadow(fallback(metered, bandit), budgeted(deadline_accuracy, 20k))";
  const policy = await loadControlPolicy(text, HOST);
  assert.equal(
    policy.name,
    "shadow(fallback(metered, bandit), budgeted(deadline_accuracy, 20000))",
  );
  const parameters = givenParameters(policy, {});
  assert.ok("metered.megabytes" in parameters && "deadline_accuracy.skip" in parameters);
  for (let seed = 0; seed < 5; seed++) {
    const frames = anyFrames(seededRng(seed), 30, parameters);
    const before = await decided(policy, frames);
    assert.deepEqual(await decided(policy, structuredClone(frames)), before);
  }
  policy.close();
});

Deno.test("a user's own policy runs apart within an expression, and is ended with it", async () => {
  await using folder = new Folder();
  const mine = folder.write(
    "mine.js",
    `
export const needs = ["difference"];
export const parameters = { rate: { about: "r", unit: "", default: 4, min: 0, max: 9 } };
export default function nightly({ local, parameters, state }) {
  if (parameters.rate === 9) throw new Error("nine");
  return { place: "local", model: local.models[0].name, reason: "rate " + parameters.rate, state: (state ?? 0) + 1 };
}`,
  );
  const policy = await loadControlPolicy(`fallback(${mine}, always_local_fastest_model)`, HOST);
  try {
    assert.equal(policy.name, "fallback(nightly, always_local_fastest_model)");
    assert.deepEqual(policy.needs, ["difference"]);
    const rate = (text: string) =>
      givenParameters(policy, { nightly: { rate: { text, where: "" } } });
    const first = await one(policy, snapshot({ parameters: rate("7") }));
    assert.equal(first.decision.reason, "rate 7");
    const second = await one(policy, snapshot({ parameters: rate("9") }));
    assert.equal(second.decision.reason, "always local, fastest model; nightly: nine");
  } finally {
    policy.close();
  }
  const closed = await one(policy);
  assert.equal(closed.decision.reason, "always local, fastest model; nightly: it was closed");
});

Deno.test("what is wrong in an expression is told with it", async () => {
  await using folder = new Folder();
  const [a, b] = ["a", "b"].map((name) =>
    folder.write(
      `${name}.js`,
      "export default function mine({ local }) {\n" +
        "  return { place: 'local', model: local.models[0].name };\n}\n",
    )
  );
  const cases: readonly [text: string, message: RegExp][] = [
    ["fallback(bandit, nonesuch)", /: Cannot load the control policy "nonesuch": there is none/],
    ["fallback(bandit)", /: Cannot load the control policy "fallback\(bandit\)": .* is wanted$/],
    [`shadow(${a}, ${b})`, /are both called "mine", policies of different names are wanted$/],
  ];
  for (const [text, message] of cases) {
    await assert.rejects(loadControlPolicy(text, HOST), message, text);
  }
});
