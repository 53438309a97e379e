import assert from "node:assert/strict";
import { retryAfterMs } from "./retry_after.ts";

Deno.test("a time after which to ask again is told in seconds or as a date", () => {
  const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  const cases: [header: string | undefined, ms: number | undefined][] = [
    [undefined, undefined],
    ["0", 0],
    ["2", 2000],
    ["Fri, 02 Jan 2026 03:04:15 GMT", 10_000],
    ["Fri, 02 Jan 2026 03:04:00 GMT", 0],
    ["", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    ["soon", undefined],
  ];
  for (const [header, ms] of cases) assert.equal(retryAfterMs(header, nowMs), ms, String(header));
});
