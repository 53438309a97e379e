import assert from "node:assert/strict";
import { type ErrorCode, SmarteyeError } from "../../core/errors.ts";
import { errorOfOpen } from "./open_inference_errors.ts";

Deno.test("what is of a request or a model is not taken for the whole server's", () => {
  const cases: [code: ErrorCode, said: string, areOurs: boolean, wanted: ErrorCode][] = [
    ["unavailable", "connect ECONNREFUSED", true, "unavailable"],
    ["unavailable", "Request for unknown model: 'm' has no available versions", true, "not_found"],
    ["unavailable", "Request timeout expired", true, "deadline_exceeded"],
    ["unavailable", "Exceeds maximum queue size", false, "overloaded"],
    ["invalid_argument", "unexpected shape for input", true, "failed_precondition"],
    ["invalid_argument", "not an image", false, "invalid_argument"],
    ["payload_too_large", "Received message larger than max", true, "failed_precondition"],
    ["payload_too_large", "Received message larger than max", false, "payload_too_large"],
    ["internal", "it broke", true, "internal"],
    ["not_found", "no such model", true, "not_found"],
  ];
  for (const [code, said, areOurs, wanted] of cases) {
    const error = errorOfOpen(new SmarteyeError(code, said), areOurs);
    assert.deepEqual([error.code, error.message], [wanted, said]);
  }
});
