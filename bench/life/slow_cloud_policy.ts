/** A policy that uses both places: the cloud while it is quick, and else the edge, with a probe now and then. */

import type { ControlPolicy } from "../../policies/offload/policy.ts";
import { fastestModel, mostAccurateModel } from "../../policies/offload/rank.ts";

/** Milliseconds from which on the cloud is too slow. */
const SLOW_MS = 250;

/** Of the frames that stay here, each how manieth is sent all the same, to see how the cloud does. */
const PROBE = 10;

/** Goes by what the edge has learnt of the cloud: it differs where that does. */
const slowCloudPolicy: ControlPolicy = ({ frame, local, cloud, settings }) => {
  const { latencyMs = 0, available } = cloud;
  const isProbe = frame.index % PROBE === 0;
  const model = available && (latencyMs < SLOW_MS || isProbe) && mostAccurateModel(cloud.models);
  const reason = `the cloud takes ${Math.round(latencyMs)} ms`;
  if (!model) return { place: "local", model: fastestModel(local.models)!.name, reason };
  return {
    ...{ place: "cloud", model: model.name, reason },
    ...{ height: settings.offloadHeight, quality: settings.jpegQuality },
  };
};

export default slowCloudPolicy;
