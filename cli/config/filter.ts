/** The filter of a source: what is to keep frames back, and how it looks. */

import { resolve as absolute } from "node:path";
import { type LearnedFile, readLearned, UnusableFilter } from "../../edge/filter/learned_file.ts";
import type { Polygon } from "../../edge/filter/mask.ts";
import type { SourceOptions } from "../../edge/options.ts";
import type { Configured } from "./configure.ts";
import { quote } from "./problems.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is said of a source's filter. */
export interface SaidOfFilter {
  /** `none`, `motion`, or the path of what was learned. */
  readonly use: string;
  /** Where that was written. */
  readonly where: string;
  /** Where movement does not count. */
  readonly mask: readonly Polygon[] | undefined;
}

/** The filter; nothing where none is wanted. Adds to the problems what is wrong with it. */
export function resolveFilter(
  { settings: { filter }, problems }: Configured,
  around: Surroundings,
  { use, where, mask = [] }: SaidOfFilter,
): Pick<SourceOptions, "filter"> {
  if (use === "none") return {};
  const gate = { refreshMs: 1000 * filter.refresh_s, mask, sensitivity: filter.sensitivity };
  if (use === "motion") return { filter: gate };
  let learned: LearnedFile;
  try {
    learned = readLearned(absolute(around.directory, use));
  } catch (error) {
    if (!(error instanceof UnusableFilter)) throw error;
    const wanted = `none, motion or ${error.wanted}`;
    problems.add({ where, found: `${quote(use)}: ${error.found}`, wanted });
    return {};
  }
  return { filter: { ...gate, learned } };
}
