/** Every frame in the cloud, with the most accurate cloud model, downsized before it is sent. */

import type { ControlPolicy, Decision } from "./policy.ts";
import { mostAccurateModel, unratedNote } from "./rank.ts";

/** Needs no edge model. @throws {Error} when the cloud has no model. */
export const alwaysCloudLowestDelay: ControlPolicy = ({ cloud, settings }): Decision => {
  const model = mostAccurateModel(cloud.models);
  if (!model) throw new Error("the cloud has no model for this service");
  return {
    place: "cloud",
    model: model.name,
    height: settings.offloadHeight,
    quality: settings.jpegQuality,
    reason: `always cloud, most accurate model${unratedNote(cloud.models)}`,
  };
};
