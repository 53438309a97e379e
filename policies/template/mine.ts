/**
 * A control policy: what is done with each frame of a camera. It is a pure
 * function: all that it knows is the snapshot, all its chance the rng, and all
 * that it keeps its state. So every decision can be made again from a record.
 */

import type {
  Answer,
  ControlSnapshot,
  Json,
  ModelProfile,
  Parameters,
  Rng,
} from "./smarteye.d.ts";

/** What it does, in one line: "smarteye policies list ./mine.ts" shows it. */
export const about =
  "one frame in a few to the cloud, while it answers in time";

/** Numbers that users may set, in the section [policy:mine] of the config. */
export const parameters = {
  every: {
    about: "frames of which one is sent",
    unit: "frames",
    default: 3,
    min: 1,
    max: 1000,
    isWhole: true,
  },
  explore: {
    about: "share of the frames that are sent although the cloud is too slow",
    unit: "",
    default: 0.02,
    min: 0,
    max: 1,
  },
} as const satisfies Parameters;

/** Decides about one frame. It is asked for each, and answers at once. */
export default function mine(
  snapshot: ControlSnapshot,
  rng: Rng,
): Answer {
  const { local, cloud, settings } = snapshot;
  const every = snapshot.parameters.every ?? parameters.every.default;
  const explore = snapshot.parameters.explore ?? parameters.explore.default;

  // The state is what came with the last decision; absent for the first frame.
  const since = 1 + framesSinceSent(snapshot.state);

  const here = best(local.models, (model) => -(model.latencyMs ?? Infinity));
  const there = best(cloud.models, (model) => model.accuracy ?? -Infinity);

  function stay(reason: string): Answer {
    const state = { since };
    // An edge may have no model at all.
    if (!here) {
      return { place: "filter", reason: `${reason}, no model here`, state };
    }
    return { place: "local", model: here.name, reason, state };
  }

  function send(model: ModelProfile, reason: string): Answer {
    return {
      place: "cloud",
      model: model.name,
      height: settings.offloadHeight, // the frame is scaled down to it
      quality: settings.jpegQuality, // and encoded as JPEG of this quality
      reason, // stands in results.jsonl, beside what became of the frame
      state: { since: 0 },
    };
  }

  if (!there || !cloud.available) return stay("no cloud");

  // Estimates are undefined until something was measured, and a minute later.
  const isLate = (cloud.latencyMs ?? 0) > settings.deadlineMs / 2;
  // Who never asks a slow cloud again never hears that it is quick again.
  if (isLate && rng() < explore) return send(there, "to see how slow it is");
  if (isLate) return stay(`the cloud takes ${cloud.latencyMs?.toFixed(0)} ms`);

  // Your own idea goes here.

  if (since >= every) return send(there, `${since} frames since the last one`);
  return stay(`${since} of ${every} frames`);
}

/** The model with the greatest value; undefined when there is none. */
function best(
  models: readonly ModelProfile[],
  value: (model: ModelProfile) => number,
): ModelProfile | undefined {
  return [...models].sort((a, b) => value(b) - value(a))[0];
}

/** Reads the state, which may be any plain data. */
function framesSinceSent(state: Json | undefined): number {
  const kept = state as { readonly since?: number } | undefined;
  return kept?.since ?? 0;
}
