import assert from "node:assert/strict";
import type { ErrorCode } from "../core/errors.ts";
import { ErrorAnswer } from "../proto/http_errors.ts";
import { json, refuse, wrongMethod } from "./answers.ts";

Deno.test("an answer says how long it is, in bytes", async () => {
  const answer = json({ a: "ü" });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.equal(answer.headers.get("content-length"), "10");
  assert.deepEqual(await answer.json(), { a: "ü" });
});

Deno.test("an error is told with its status, and when to come back where that may help", async () => {
  const cases: [ErrorCode, status: number, retryAfter: string | null][] = [
    ["invalid_argument", 400, null],
    ["not_found", 404, null],
    ["overloaded", 503, "7"],
    ["rate_limited", 429, "7"],
    ["permission_denied", 403, null],
    ["aborted", 503, "7"],
    ["deadline_exceeded", 504, null],
  ];
  for (const [code, status, retryAfter] of cases) {
    const answer = refuse(code, "because", { retryAfterS: 7 });
    assert.deepEqual([answer.status, answer.headers.get("retry-after")], [status, retryAfter]);
    assert.deepEqual(ErrorAnswer.parse(await answer.json()), { error: code, detail: "because" });
  }
  assert.equal(refuse("unavailable", "x").headers.get("retry-after"), "1");
  assert.equal(refuse("unauthenticated", "x").headers.get("www-authenticate"), "Bearer");
});

Deno.test("a wrong method is told the right one", async () => {
  const answer = wrongMethod("GET", "/image_handler", "POST");
  assert.deepEqual([answer.status, answer.headers.get("allow")], [405, "POST"]);
  const { detail } = ErrorAnswer.parse(await answer.json());
  assert.equal(detail, "Cannot GET /image_handler: POST is wanted");
});
