/** What of an edge's results is kept, and for how long: resolved and checked. */

/** Room on a disk: so many bytes, a share of the disk (0 to 1), or what suits it. */
export type KeptFree = { readonly bytes: number } | { readonly share: number } | "auto";

/** How long and how much is kept. */
export interface RetentionLimits {
  /** What is older goes, milliseconds; absent: nothing goes for its age. */
  readonly ageMs?: number;
  /** Bytes that all that is governed may have; absent: any number. */
  readonly bytesMax?: number;
  /** Events younger than that, milliseconds, with their pictures and clips, go last and not by `ageMs`. */
  readonly eventsAgeMs?: number;
}

/** Retention of an edge, or of one sweep by hand. */
export interface RetentionOptions extends RetentionLimits {
  /** Bytes of a disk that pictures and video leave free; absent: none. */
  readonly keepFree?: KeptFree;
  /** Milliseconds from the end of a sweep to the next. */
  readonly checkMs: number;
  /** Where runs make directories of their own: looked through for those of earlier runs, and of others. */
  readonly runsIn?: string;
}

/** Whether anything may be deleted. */
export function mayDelete({ ageMs, bytesMax }: RetentionLimits): boolean {
  return ageMs !== undefined || bytesMax !== undefined;
}
