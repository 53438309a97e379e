/** What is said when results cannot be written. */

import { messageOf, SmarteyeError } from "../../core/errors.ts";

/** The error of a file or directory that cannot be written: no space, no permission, no such place. */
export function cannotWrite(path: string, cause: unknown): SmarteyeError {
  return new SmarteyeError(
    "failed_precondition",
    `Cannot write "${path}": ${
      messageOf(cause)
    }; a directory with room that may be written is wanted`,
    { cause },
  );
}
