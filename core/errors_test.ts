import assert from "node:assert/strict";
import {
  asSmarteyeError,
  type ErrorCode,
  errorCodeOfGrpc,
  ERRORS,
  isSmarteyeError,
  messageOf,
  SmarteyeError,
} from "./errors.ts";

Deno.test("every error maps to a gRPC status, an HTTP status and an exit status", () => {
  for (const [code, { grpc, http, exit }] of Object.entries(ERRORS)) {
    assert.ok(grpc >= 1 && grpc <= 16, `${code}: a gRPC status other than OK`);
    assert.ok(http >= 400 && http <= 599, `${code}: an HTTP status of an error`);
    assert.equal(exit, code === "invalid_argument" ? 2 : 1, code);
  }
});

Deno.test("a gRPC status becomes the first error of that status", () => {
  const cases: [status: number, code: ErrorCode][] = [
    [1, "cancelled"],
    [3, "invalid_argument"],
    [4, "deadline_exceeded"],
    [5, "not_found"],
    [6, "already_in_use"],
    [8, "overloaded"],
    [9, "failed_precondition"],
    [11, "payload_too_large"],
    [13, "internal"],
    [14, "unavailable"],
    [2, "internal"],
    [12, "internal"],
    [99, "internal"],
  ];
  for (const [status, code] of cases) assert.equal(errorCodeOfGrpc(status), code, `${status}`);
});

Deno.test("an error of ours is known, by its code where one is asked for", () => {
  const error = new SmarteyeError("overloaded", "Cannot infer now", { cause: "c" });
  assert.equal(error.cause, "c");
  assert.equal(String(error), "SmarteyeError: Cannot infer now");
  const cases: [error: unknown, codes: ErrorCode[], ours: boolean][] = [
    [error, [], true],
    [error, ["unavailable", "overloaded"], true],
    [error, ["internal"], false],
    [new Error("overloaded"), [], false],
    ["overloaded", ["overloaded"], false],
  ];
  for (const [thrown, codes, ours] of cases) assert.equal(isSmarteyeError(thrown, ...codes), ours);
});

Deno.test("whatever is thrown has a message of one line", () => {
  const cases: [thrown: unknown, message: string][] = [
    [new Error("first\nsecond"), "first"],
    [new TypeError("  padded "), "padded"],
    ["a text", "a text"],
    [undefined, "undefined"],
    [42, "42"],
    [new Error(""), "unknown error"],
  ];
  for (const [thrown, message] of cases) assert.equal(messageOf(thrown), message);
});

Deno.test("an error of ours stays itself, others become internal ones with their cause", () => {
  const ours = new SmarteyeError("not_found", "Cannot find it");
  assert.equal(asSmarteyeError(ours, "do anything"), ours);
  const cause = new Error("boom");
  const wrapped = asSmarteyeError(cause, "decide");
  assert.equal(wrapped.code, "internal");
  assert.equal(wrapped.message, "Cannot decide: boom");
  assert.equal(wrapped.cause, cause);
});
