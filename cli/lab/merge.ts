/** `smarteye lab merge`: puts the shards of a study together. */

import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { mergeStudies, readStudy } from "../../lab/study/study_files.ts";
import { tellStudy } from "./tell_study.ts";

/** Options of `smarteye lab merge`. */
export interface LabMergeOptions {
  /** Files that `lab simulate --shard` wrote. */
  readonly shards: readonly string[];
  /** Where the study goes. */
  readonly out: string;
  /** Print the study, not a table. */
  readonly json: boolean;
}

/** Merges. @throws {SmarteyeError} when the shards are not those of one study. */
export async function run(
  { shards, out, json }: LabMergeOptions,
  { print }: Pick<RoleDeps, "print">,
): Promise<ExitStatus> {
  const study = mergeStudies(await Promise.all(shards.map(readStudy)));
  await tellStudy(study, { out, json, print });
  return 0;
}
