import assert from "node:assert/strict";
import { snapshot } from "../../tests/fakes/snapshot.ts";
import { checkedDecision } from "./check.ts";

const local = { place: "local", model: "fast", reason: "r" };
const cloud = { place: "cloud", model: "accurate", height: 360, quality: 75, reason: "r" };

Deno.test("a decision that can be carried out is taken", () => {
  const cases: [what: string, returned: object, taken: object][] = [
    ["local", local, local],
    ["cloud", cloud, cloud],
    ["filter", { place: "filter", reason: "dark" }, { place: "filter", reason: "dark" }],
    ["no reason", { place: "filter" }, { place: "filter", reason: "" }],
    ["the bounds", { ...cloud, height: 16, quality: 1 }, { ...cloud, height: 16, quality: 1 }],
    ["more than the frame", { ...cloud, height: 8192, quality: 100 }, {
      ...cloud,
      height: 8192,
      quality: 100,
    }],
    ["what is not asked for is left out", { ...local, height: 5, mood: "good" }, local],
  ];
  for (const [what, returned, taken] of cases) {
    assert.deepEqual(checkedDecision(returned, snapshot()), taken, what);
  }
});

Deno.test("a decision that cannot be carried out is refused with the reason", () => {
  const endless: { self?: unknown } = {};
  endless.self = endless;
  const cases: [what: string, returned: unknown, message: RegExp][] = [
    ["nothing", undefined, /^its decision undefined is not usable: .* is wanted$/],
    ["null", null, /its decision null is not usable/],
    ["a name", "local", /its decision "local" is not usable/],
    ["a promise", Promise.resolve(local), /its decision Promise \{.*\} is not usable/],
    ["a circle", endless, /its decision <ref .* is not usable/],
    ["a big number", { place: "local", model: 10n }, /model: 10n \} is not usable/],
    ["no place", { model: "fast" }, /"place" of its decision/],
    ["another place", { ...local, place: "moon" }, /"place" of its decision/],
    ["no model", { place: "local" }, /"model" of its decision/],
    [
      "a model that is not there",
      { ...local, model: "accurate" },
      /"accurate", .*local: fast, slow/,
    ],
    [
      "one of the edge in the cloud",
      { ...cloud, model: "slow" },
      /"slow", .*cloud: fast, accurate/,
    ],
    ["no height", { ...cloud, height: undefined }, /"height" of its decision/],
    ["too low", { ...cloud, height: 15 }, /"height" of its decision/],
    ["half a pixel", { ...cloud, height: 100.5 }, /"height" of its decision/],
    ["too good", { ...cloud, quality: 101 }, /"quality" of its decision/],
    ["not a number", { ...cloud, quality: NaN }, /"quality" of its decision/],
    ["an endless reason", { ...local, reason: "x".repeat(501) }, /"reason" of its decision/],
  ];
  for (const [what, returned, message] of cases) {
    assert.throws(() => checkedDecision(returned, snapshot()), { message }, what);
  }
});

Deno.test("a place without models takes no frame", () => {
  const alone = snapshot({ cloud: { models: [] } });
  assert.throws(() => checkedDecision(cloud, alone), /not offered there \(cloud: none\)/);
});

Deno.test("a promise is refused, and its rejection ends nothing", async () => {
  const late = Promise.reject(new Error("late"));
  assert.throws(() => checkedDecision(late, snapshot()), /is not usable/);
  await new Promise((resolve) => setTimeout(resolve)); // an unhandled rejection would fail the test
});
