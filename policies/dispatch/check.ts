/** Holds what a dispatch policy returns against what it may return. */

import { show } from "../show.ts";
import type { DispatchSnapshot } from "./policy.ts";

/**
 * The name if it is a candidate's.
 *
 * @throws {Error} saying what was returned and what is wanted.
 */
export function checkedPick(returned: unknown, { candidates }: DispatchSnapshot): string {
  const names = candidates.map(({ name }) => name);
  if (typeof returned === "string" && names.includes(returned)) return returned;
  throw new Error(
    `it returned ${show(returned)}, the name of a candidate is wanted (${names.join(", ")})`,
  );
}
