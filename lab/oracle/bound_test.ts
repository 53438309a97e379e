/** No policy ever passes the bound: neither ours, nor one that never changes its mind, nor chance itself. */

import assert from "node:assert/strict";
import { pickIndex, seededRng } from "../../core/rng.ts";
import { parameterValues } from "../../policies/parameters.ts";
import type { ControlPolicy } from "../../policies/offload/policy.ts";
import { CONTROL_POLICIES } from "../../policies/registry.ts";
import { scripted } from "../../tests/fakes/run.ts";
import { syntheticProfile } from "../../tests/fakes/synthetic_profile.ts";
import { openNetwork } from "../network/network.ts";
import { Recording } from "../simulation/recording.ts";
import { scoreOf } from "../simulation/score.ts";
import { type Contestant, type Setting, simulate } from "../simulation/simulate.ts";
import { staticPolicies } from "../study/static_policies.ts";
import { boundOf } from "./bound.ts";

/** Does anything that can be done, and waits, hedges and gives up as it likes. */
const chance: ControlPolicy = ({ local, cloud }, rng) => {
  const reason = "by chance";
  if (rng() < 0.2) return { place: "filter", reason };
  const model = local.models[pickIndex(rng, local.models.length)]!.name;
  if (rng() < 0.3 || cloud.models.length === 0) return { place: "local", model, reason };
  return {
    place: "cloud",
    model: cloud.models[pickIndex(rng, cloud.models.length)]!.name,
    height: 180 + pickIndex(rng, 181),
    quality: 40 + pickIndex(rng, 50),
    ...(rng() < 0.4 ? { hedgeMs: pickIndex(rng, 200) } : {}),
    ...(rng() < 0.4 ? { waitMs: 1 + pickIndex(rng, 300) } : {}),
    ...(rng() < 0.3 ? { onFailure: rng() < 0.5 ? "local" : "drop" } : {}),
    reason,
  };
};

const NETWORKS = [
  ...["constant:300kbit?delay=5", "constant:2mbit", "lte", "umts?seed=3&jitter=30"],
  ...["steps:3mbit*1,200kbit*2?delay=10", "constant:5mbit?cut=1-2,3-3.4"],
];

/** A setting of any kind. */
function anySetting(seed: number, frames: number): Setting {
  const rng = seededRng(seed);
  return {
    ...{ deadlineMs: 60 + pickIndex(rng, 300), seed, edges: 1 + pickIndex(rng, 2), frames },
    edge: { workers: 1 + pickIndex(rng, 2), speed: 0.3 + rng(), models: ["small", "large"] },
    cloud: {
      servers: 1,
      workers: 1 + pickIndex(rng, 2),
      speed: 0.5 + rng() * 2,
      models: ["small", "large"],
    },
    options: {
      ...{ offloadsMax: 1 + pickIndex(rng, 4), queueLengthMax: 4, offloadHeight: 240 },
      ...{ overflow: rng() < 0.5 ? "wait" : "drop_oldest", onCloudFailure: "local" },
      ...{ jpegQuality: 80, monitorIntervalMs: 1000 },
    },
  };
}

Deno.test("no policy passes the bound, over any network, in any setting", async () => {
  let cases = 0;
  for (const [at, spec] of NETWORKS.entries()) {
    for (let seed = at; seed < at + 3; seed++) {
      // Few frames are bounded exactly, more of them by relaxation.
      const frames = seed % 3 === 0 ? 6 : 40;
      const recording = new Recording(syntheticProfile(frames, seed));
      const setting = anySetting(seed, frames);
      const network = await openNetwork(spec, ".");
      const bound = boundOf(recording, network, setting, 0);
      const registered = Object.entries(CONTROL_POLICIES).map((
        [name, { policy, parameters = {} }],
      ) => ({
        policy: scripted(policy, name),
        parameters: parameterValues(parameters, {}).values,
      }));
      const all: Contestant[] = [
        ...registered,
        ...Array.from({ length: 8 }, () => ({ policy: scripted(chance), parameters: {} })),
        ...staticPolicies(recording, setting).map(({ policy }) => ({ policy, parameters: {} })),
      ];
      for (const [i, contestant] of all.entries()) {
        const scenario = { recording, network, ...contestant, setting: { ...setting, seed: i } };
        const simulated = await simulate(scenario);
        assert.equal(simulated.failure, undefined);
        const { accuracy } = scoreOf(recording, simulated, setting.deadlineMs, 1);
        const what = `${contestant.policy.name}, ${spec}, seed ${seed}, bound ${bound.kind}`;
        assert.ok(
          accuracy.mean <= bound.accuracy + 1e-9,
          `${what}: ${accuracy.mean} > ${bound.accuracy}`,
        );
        cases++;
      }
    }
  }
  assert.ok(cases > 300, `${cases} cases`);
});
