/** `smarteye retention`: a sweep by hand. */

import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { mayDelete, type RetentionOptions } from "../../edge/retention/options.ts";
import { sweep } from "../../edge/retention/sweep.ts";
import { isRunDirectory } from "../../edge/retention/inventory.ts";
import { plainSweep, sweepText } from "./text.ts";

const log = logger("retention");

/** Options of `smarteye retention`. */
export interface RetentionCommandOptions {
  /** Where runs have made their directories, or that of one run; absolute. */
  readonly directory: string;
  /** What is kept. */
  readonly limits: RetentionOptions;
  /** Nothing is deleted. */
  readonly isDry: boolean;
  /** Print one JSON object. */
  readonly json: boolean;
}

/** Looks, deletes where that is wanted, and tells. */
export function run(
  { directory, limits, isDry, json }: RetentionCommandOptions,
  { print, clock }: RoleDeps,
): Promise<ExitStatus> {
  const nowMs = clock.epochMs();
  const kind = isRunDirectory(directory) ? "run" : "runs";
  const swept = sweep({
    ...{ roots: [{ kind, directory }], own: [], limits, isDry, otherBytes: 0 },
    // What may not be deleted for its age or for there being too much is not deleted for room either.
    keepFree: mayDelete(limits) ? limits.keepFree : undefined,
    ...{ nowMs, startedMs: nowMs },
  });
  print(json ? JSON.stringify(plainSweep(swept, isDry)) : sweepText(swept, isDry));
  const { seen: { refused, why, future }, kept } = swept;
  if (refused > 0) log.warn("{n} directories cannot be looked into: {why}", { n: refused, why });
  if (future > 0) log.warn("{n} files are of a time to come: they count as of now", { n: future });
  if (kept > 0) {
    const reason = swept.why ?? "a run writes there";
    log.warn("{n} files could not be deleted: {reason}", { n: kept, reason });
  }
  return Promise.resolve(kept > 0 || refused > 0 ? 1 : 0);
}
