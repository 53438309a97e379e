/** One server after the other, in the order of the config. */

import type { DispatchPolicy } from "./policy.ts";

/** Fair in number of requests; blind to how long each of them takes. Needs no rng. */
export const roundRobin: DispatchPolicy = ({ sequence, candidates }): string => {
  const next = candidates[sequence % candidates.length];
  if (!next) throw new RangeError("Cannot pick a server: there is no candidate");
  return next.name;
};
