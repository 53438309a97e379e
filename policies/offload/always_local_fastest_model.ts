/** Every frame on the edge, with the fastest edge model, not preprocessed. */

import type { ControlPolicy, Decision } from "./policy.ts";
import { fastestModel } from "./rank.ts";

/** Needs no cloud. @throws {Error} when the edge has no model. */
export const alwaysLocalFastestModel: ControlPolicy = ({ local }): Decision => {
  const model = fastestModel(local.models);
  if (!model) throw new Error("the edge has no model for this service");
  return { place: "local", model: model.name, reason: "always local, fastest model" };
};
