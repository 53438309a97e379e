/** The engine that commands about models open. */

import type { RoleDeps } from "../../core/role.ts";
import { InferenceEngine } from "../../inference/engine.ts";
import type { ProfileCache } from "../../inference/profile_cache.ts";
import { CPU } from "../../inference/provider.ts";
import type { Catalogue } from "../../models/catalogue.ts";

/**
 * Opens an engine for one picture after the other, on the processor.
 *
 * @param threads of its one Worker's sessions.
 * @param profiles where latencies that are measured are kept, if any are.
 */
export function openEngine(
  catalogue: Catalogue,
  threads: number,
  { clock }: RoleDeps,
  profiles?: ProfileCache,
): InferenceEngine {
  const session = { threads, provider: CPU };
  return InferenceEngine.open(
    { catalogue, workers: 1, session, queueLengthMax: 1, profiles, clock },
  );
}
