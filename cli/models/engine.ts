/** The engine that commands about models open. */

import type { RoleDeps } from "../../core/role.ts";
import { InferenceEngine } from "../../inference/engine.ts";
import type { SessionOptions } from "../../inference/network/session.ts";
import type { ProfileCache } from "../../inference/profile_cache.ts";
import type { Catalogue } from "../../models/catalogue.ts";

/**
 * Opens an engine for one picture after the other.
 *
 * @param session how its one Worker runs its networks.
 * @param profiles where latencies that are measured are kept, if any are.
 */
export function openEngine(
  catalogue: Catalogue,
  session: SessionOptions,
  { clock }: RoleDeps,
  profiles?: ProfileCache,
): InferenceEngine {
  return InferenceEngine.open(
    { catalogue, workers: 1, session, queueLengthMax: 1, profiles, clock },
  );
}
