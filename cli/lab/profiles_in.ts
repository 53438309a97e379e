/** Which profiles and models a command of the lab is about. */

import { join } from "node:path";
import { SmarteyeError } from "../../core/errors.ts";
import { hasProfile } from "../../lab/profile/profile_files.ts";
import type { ProfileHead } from "../../lab/profile/profile.ts";

/**
 * The directory itself, or those in it that have a profile.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none.
 */
export async function profilesIn(directory: string): Promise<readonly string[]> {
  if (await hasProfile(directory)) return [directory];
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      if (isDirectory && await hasProfile(join(directory, name))) found.push(join(directory, name));
    }
  } catch { // there is none: told below
  }
  if (found.length > 0) return found.sort();
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot use a profile: there is none in "${directory}", what "smarteye lab profile" ` +
      `writes is wanted (--profile)`,
  );
}

/**
 * Names that every profile has a model for.
 *
 * @param given names; absent: those that `byDefault` gives of any of them.
 * @throws {SmarteyeError} `invalid_argument` when a profile lacks one.
 */
export function modelsOf(
  given: readonly string[] | undefined,
  heads: readonly ProfileHead[],
  byDefault: (head: ProfileHead) => readonly string[],
): readonly string[] {
  const wanted = given ?? [...new Set(heads.flatMap(byDefault))];
  for (const { name, models } of heads) {
    const missing = wanted.find((model) => !models.some((known) => known.name === model));
    if (missing === undefined) continue;
    const known = models.map((model) => model.name).join(", ");
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot simulate the model "${missing}": the profile "${name}" does not have it, ` +
        `one of ${known} is wanted`,
    );
  }
  return wanted;
}
