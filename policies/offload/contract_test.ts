/** What every control policy must do. */

import assert from "node:assert/strict";
import { deepFrozen } from "../../core/deep_frozen.ts";
import { seededRng, seedOf } from "../../core/rng.ts";
import { anyFrames, anySnapshot } from "../../tests/fakes/snapshot.ts";
import { parameterValues } from "../parameters.ts";
import { CONTROL_POLICIES } from "../registry.ts";
import { checkedAnswer, checkedDecision } from "./check.ts";
import type { Json } from "./policy.ts";
import { STATE_BYTES_MAX } from "./state.ts";

for (const [name, { policy, parameters = {} }] of Object.entries(CONTROL_POLICIES)) {
  Deno.test(`${name} decides what can be done, and only from its arguments`, () => {
    for (let seed = 0; seed < 500; seed++) {
      const snapshot = deepFrozen(anySnapshot(seededRng(seed)));
      const answer = policy(snapshot, seededRng(seed));
      const { state: _, propensity = 1, ...decision } = answer;
      assert.deepEqual(checkedDecision(answer, snapshot), decision, `seed ${seed}`);
      assert.ok(propensity > 0 && propensity <= 1, `seed ${seed}: it can be decided so`);
      assert.notEqual(decision.reason, "", "it says why");
      const again = policy(structuredClone(snapshot), seededRng(seed));
      assert.deepEqual(again, answer, `seed ${seed}: it can be replayed`);
    }
  });

  Deno.test(`${name} goes on from its state, which is small and plain data`, () => {
    for (let seed = 0; seed < 30; seed++) {
      const frames = anyFrames(seededRng(seed), 60, parameterValues(parameters, {}).values);
      let state: Json | undefined;
      for (const frame of frames) {
        const snapshot = deepFrozen({ ...frame, ...(state === undefined ? {} : { state }) });
        const answer = policy(snapshot, seededRng(seedOf(seed, frame.frame.index)));
        const checked = checkedAnswer(answer, snapshot);
        assert.deepEqual(checked.state, answer.state, `seed ${seed}: JSON brings it back`);
        const again = policy(structuredClone(snapshot), seededRng(seedOf(seed, frame.frame.index)));
        assert.deepEqual(again, answer, `seed ${seed}: it can be replayed`);
        if (checked.state !== undefined) state = checked.state;
      }
      const bytes = JSON.stringify(state ?? null).length;
      assert.ok(bytes < STATE_BYTES_MAX / 4, `seed ${seed}: ${bytes} bytes of state`);
    }
  });

  Deno.test(`${name} begins anew from a state that is none of its own`, () => {
    for (const state of [null, 7, "x", [], {}, { content: 1, bucket: [] }]) {
      const shown = { ...anySnapshot(seededRng(1)), state };
      checkedAnswer(policy(shown, seededRng(1)), shown);
    }
  });

  Deno.test(`${name} ranks by profile: what the models are called does not matter`, () => {
    for (let seed = 0; seed < 200; seed++) {
      const snapshot = anySnapshot(seededRng(seed));
      const renamed = structuredClone(snapshot, {});
      const rename = (model: { name: string }) => void (model.name = `x_${model.name}`);
      for (const place of ["local", "cloud"] as const) {
        renamed[place].models.forEach((model) => rename(model));
      }
      const [before, after] = [policy(snapshot, seededRng(seed)), policy(renamed, seededRng(seed))];
      assert.ok(before.place !== "filter" && after.place !== "filter");
      assert.equal(after.model, `x_${before.model}`, `seed ${seed}`);
    }
  });
}
