/** What every control policy must do: what `smarteye policies check` holds a user's against as well. */

import assert from "node:assert/strict";
import { systemClock } from "../../core/clock.ts";
import { seededRng } from "../../core/rng.ts";
import { anySnapshot } from "../../lab/contract/any_snapshot.ts";
import { checkPolicy, SNAPSHOTS } from "../../lab/contract/check_policy.ts";
import { loadContender } from "../../lab/contract/load_contender.ts";
import { CONTROL_POLICIES } from "../registry.ts";
import { checkedAnswer } from "./check.ts";

const HOW = { seed: 1, snapshots: SNAPSHOTS, decisionMs: 50 };

for (const [name, { policy, parameters = {} }] of Object.entries(CONTROL_POLICIES)) {
  Deno.test(`${name} does all that a policy must do`, async () => {
    const contender = await loadContender(name, { clock: systemClock, budgetMs: HOW.decisionMs });
    const findings = await checkPolicy(contender, HOW);
    assert.deepEqual(findings.filter(({ outcome }) => outcome === "failed"), []);
    assert.deepEqual(findings.filter(({ outcome }) => outcome === "skipped"), []);
  });

  Deno.test(`${name} begins anew from a state that is none of its own`, () => {
    for (const state of [null, 7, "x", [], {}, { content: 1, bucket: [] }]) {
      const shown = { ...anySnapshot(seededRng(1)), state };
      checkedAnswer(policy(shown, seededRng(1)), shown);
    }
  });

  Deno.test(`${name} ranks by profile: what the models are called does not matter`, () => {
    const values = Object.fromEntries(
      Object.entries(parameters).map(([name, one]) => [name, one.default]),
    );
    for (let seed = 0; seed < 200; seed++) {
      const snapshot = { ...anySnapshot(seededRng(seed)), parameters: values };
      const renamed = structuredClone(snapshot);
      const rename = (model: { name: string }) => void (model.name = `x_${model.name}`);
      for (const place of ["local", "cloud"] as const) {
        renamed[place].models.forEach((model) => rename(model));
      }
      for (const one of [...renamed.results, ...renamed.cloud.recent]) {
        Object.assign(one, { model: `x_${one.model}` });
      }
      const [before, after] = [policy(snapshot, seededRng(seed)), policy(renamed, seededRng(seed))];
      const modelOf = (answer: typeof before) => "model" in answer ? answer.model : undefined;
      const model = modelOf(before);
      assert.equal(after.place, before.place, `seed ${seed}`);
      assert.equal(modelOf(after), model && `x_${model}`, `seed ${seed}`);
    }
  });
}
