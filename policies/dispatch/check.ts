/** Holds what a dispatch policy returns against what it may return. */

import type { DispatchSnapshot } from "./policy.ts";

/**
 * The name if it is a candidate's.
 *
 * @throws {Error} saying what was returned and what is wanted.
 */
export function checkedPick(returned: unknown, { candidates }: DispatchSnapshot): string {
  const names = candidates.map(({ name }) => name);
  if (typeof returned === "string" && names.includes(returned)) return returned;
  const found = (JSON.stringify(returned) ?? String(returned)).slice(0, 200);
  throw new Error(`it returned ${found}, the name of a candidate is wanted (${names.join(", ")})`);
}
