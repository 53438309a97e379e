import assert from "node:assert/strict";
import { snapshot } from "../../tests/fakes/snapshot.ts";
import { checkedAnswer, checkedDecision } from "./check.ts";
import { STATE_BYTES_MAX } from "./state.ts";

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

Deno.test("a state that JSON can say comes back as it was, and nobody changes it any more", () => {
  const states: unknown[] = [
    null,
    false,
    0,
    -1.5,
    "",
    "ü\ud800",
    [],
    {},
    [[1, [2]], { a: { b: [null] } }],
    { constructor: 1, toString: "x", length: 2, "0": 3 },
    "x".repeat(STATE_BYTES_MAX - 2),
  ];
  for (const state of states) {
    assert.deepEqual(checkedAnswer({ ...local, state }, snapshot()), { decision: local, state });
  }
  const mine = { seen: [1] };
  const { state } = checkedAnswer({ ...local, state: mine }, snapshot());
  mine.seen.push(2);
  assert.deepEqual(state, { seen: [1] });
});

Deno.test("without a state there is none", () => {
  for (const returned of [local, { ...local, state: undefined }]) {
    assert.deepEqual(checkedAnswer(returned, snapshot()), { decision: local });
  }
});

Deno.test("a state that JSON cannot say is refused, with what and where", () => {
  class Mine {
    readonly a = 1;
  }
  const circle: { self?: unknown } = {};
  circle.self = circle;
  let deep: unknown = 1;
  for (let depth = 0; depth < 101; depth++) deep = [deep];
  const wanted = /data that JSON brings back as it is, is wanted$/;
  const cases: [state: unknown, message: RegExp][] = [
    [NaN, /^its state is NaN, data that JSON/],
    [Infinity, /^its state is Infinity/],
    [-0, /^its state is -0/],
    [() => 1, /^its state is \[Function/],
    [10n, /^its state is 10n \(/],
    [Symbol("x"), /^its state is Symbol\(x\)/],
    [{ a: [0, { b: NaN }] }, /^its state\.a\[1\]\.b is NaN/],
    [{ a: undefined }, /^its state is \{ a: undefined \}/],
    [[undefined], /^its state\[0\] is undefined/],
    // deno-lint-ignore no-sparse-arrays -- that is what it is about
    [[, 1], /^its state is \[ <1 empty item>, 1 \]/],
    [Object.assign([1], { a: 2 }), /^its state is \[ 1, a: 2 \]/],
    [new Date(0), /^its state is 1970/],
    [{ at: new Date(0) }, /^its state\.at is 1970/],
    [new Map([[1, 2]]), /^its state is Map\(1\)/],
    [new Mine(), /^its state is Mine/],
    [new Uint8Array(2), /^its state is Uint8Array/],
    [Object.create(null), /^its state is \[Object: null prototype\]/],
    [{ [Symbol("s")]: 1 }, /^its state is \{/],
    [{ toJSON: () => 5 }, /^its state is \{ toJSON/],
    [JSON.parse(`{"__proto__": {"a": 1}}`), /^its state has "__proto__"/],
    [circle, /^its state is <ref \*1>.*circular/],
    [deep, /^its state lies in more than 100 arrays and objects/],
  ];
  for (const [state, message] of cases) {
    assert.throws(() => checkedAnswer({ ...local, state }, snapshot()), { message });
    assert.throws(() => checkedAnswer({ ...local, state }, snapshot()), { message: wanted });
  }
  for (const much of ["x".repeat(STATE_BYTES_MAX - 1), "ü".repeat(STATE_BYTES_MAX / 2)]) {
    assert.throws(() => checkedAnswer({ ...local, state: much }, snapshot()), {
      message: /^its state is \d+ bytes of JSON, at most 65536 are wanted$/,
    });
  }
});

Deno.test("a propensity is a probability of what was decided, or is not said", () => {
  for (const propensity of [1, 0.25, Number.MIN_VALUE]) {
    const answer = checkedAnswer({ ...local, propensity }, snapshot());
    assert.deepEqual(answer, { decision: local, propensity }, "beside the decision");
  }
  assert.ok(!("propensity" in checkedAnswer({ ...local, propensity: undefined }, snapshot())));
  for (const propensity of [0, -0.1, 1.1, NaN, Infinity, "0.5", null]) {
    assert.throws(() => checkedAnswer({ ...local, propensity }, snapshot()), {
      message: /^its propensity is .*, a number above 0 and at most 1 is wanted$/,
    }, String(propensity));
  }
});

Deno.test("a second look says how the frame is sent, with a model that the cloud has", () => {
  const second = { below: 0.5, model: "accurate", height: 360, quality: 75 };
  const looking = { ...local, second };
  assert.deepEqual(checkedDecision(looking, snapshot()), looking);
  const waiting = { ...local, second: { ...second, below: 1, waitMs: 90, mood: "good" } };
  assert.deepEqual(checkedDecision(waiting, snapshot()), {
    ...{ ...local, second: { ...second, below: 1, waitMs: 90 } },
  });
  const cases: [second: unknown, message: RegExp][] = [
    [{ ...second, below: 0 }, /"second\.below" of its decision/],
    [{ ...second, below: 1.1 }, /"second\.below" of its decision/],
    [{ ...second, height: 15 }, /"second\.height" of its decision/],
    [{ ...second, model: undefined }, /"second\.model" of its decision/],
    [{ ...second, model: "slow" }, /the model "slow", which is not offered there \(cloud: fast/],
    ["yes", /"second" of its decision/],
  ];
  for (const [given, message] of cases) {
    assert.throws(() => checkedDecision({ ...local, second: given }, snapshot()), { message });
  }
});

Deno.test("a shadow is what another policy decides, or why it does not", () => {
  const beside = { place: "cloud", model: "m", height: 1, quality: 1, reason: "r", agrees: false };
  for (const shadow of [beside, { place: "filter", reason: "", agrees: true }, { failed: "no" }]) {
    const answer = checkedAnswer({ ...local, shadow }, snapshot());
    assert.deepEqual(answer, { decision: local, shadow }, "beside the decision");
  }
  for (const shadow of [null, "x", {}, { ...beside, more: 1 }, { place: "local" }]) {
    assert.throws(() => checkedAnswer({ ...local, shadow }, snapshot()), {
      message: /^its shadow is .* or \{failed\} is wanted$/,
    });
  }
});
