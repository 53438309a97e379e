/** Any server, each as likely as the others. */

import { leastOf } from "./least.ts";
import type { DispatchPolicy } from "./policy.ts";

/** Looks at nothing, so it cannot be misled: the baseline that other policies are measured against. */
export const random: DispatchPolicy = ({ candidates }, rng): string =>
  leastOf(candidates, () => 0, rng);
