/** What every control policy must do. */

import assert from "node:assert/strict";
import { deepFrozen } from "../../core/deep_frozen.ts";
import { seededRng } from "../../core/rng.ts";
import { anySnapshot } from "../../tests/fakes/snapshot.ts";
import { CONTROL_POLICIES } from "../registry.ts";
import { checkedDecision } from "./check.ts";

for (const [name, { policy }] of Object.entries(CONTROL_POLICIES)) {
  Deno.test(`${name} decides what can be done, and only from its arguments`, () => {
    for (let seed = 0; seed < 500; seed++) {
      const snapshot = deepFrozen(anySnapshot(seededRng(seed)));
      const answer = policy(snapshot, seededRng(seed));
      const { state: _, ...decision } = answer;
      assert.deepEqual(checkedDecision(answer, snapshot), decision, `seed ${seed}`);
      assert.notEqual(decision.reason, "", "it says why");
      const again = policy(structuredClone(snapshot), seededRng(seed));
      assert.deepEqual(again, answer, `seed ${seed}: it can be replayed`);
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
