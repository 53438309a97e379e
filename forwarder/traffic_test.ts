import assert from "node:assert/strict";
import type { ErrorCode } from "../core/errors.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { Exchange } from "./exchange.ts";
import { Traffic } from "./traffic.ts";

Deno.test("the last minute is told by how requests ended, and what was before is forgotten", async () => {
  const clock = new FakeClock();
  const traffic = new Traffic(clock);
  const end = (tookMs: number, code?: ErrorCode, isDispatched = false) => {
    const exchange = new Exchange("id", "192.0.2.1", "smarteye", clock.nowMs() - tookMs);
    if (code) exchange.failure = { code, detail: "" };
    exchange.isDispatched = isDispatched;
    traffic.ended(exchange);
  };
  for (let n = 1; n <= 100; n++) end(n);
  for (let n = 0; n < 3; n++) end(1, "rate_limited");
  end(1, "unavailable");
  end(1, "unavailable", true);
  await clock.advance(10_000);
  const { seconds, ...seen } = traffic.seen();
  assert.deepEqual(seen, {
    ...{ requests_per_s: 10.5, ok: 100, latency_ms: { p50: 50, p95: 95, p99: 99 } },
    ...{ refused: { rate_limited: 3, unavailable: 1 }, failed: { unavailable: 1 } },
  });
  assert.deepEqual(seconds.filter(({ count }) => count > 0), [{ count: 105, mean: 5055 / 105 }]);
  await clock.advance(51_000);
  const { seconds: _, ...later } = traffic.seen();
  assert.deepEqual(later, { requests_per_s: 0, ok: 0, refused: {}, failed: {} });
});
