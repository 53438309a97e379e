/** What a refusal says. */

import assert from "node:assert/strict";
import { type ErrorCode, isSmarteyeError } from "../../core/errors.ts";

/** The message of the error of that code that `doing` must end in: one line, fit for a user. */
export async function refused(
  doing: Promise<unknown> | (() => unknown),
  code: ErrorCode,
): Promise<string> {
  try {
    await (typeof doing === "function" ? doing() : doing);
  } catch (error) {
    assert.ok(isSmarteyeError(error), `not an error of ours: ${error}`);
    assert.equal(error.code, code, error.message);
    assert.ok(!error.message.includes("\n"), "one line is wanted");
    return error.message;
  }
  throw new assert.AssertionError({ message: `it was not refused with ${code}` });
}
