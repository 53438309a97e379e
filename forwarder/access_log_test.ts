import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { AccessLog, type AccessLogRule } from "./access_log.ts";
import { Exchange } from "./exchange.ts";

async function told(rule: AccessLogRule) {
  const clock = new FakeClock();
  const lines: string[] = [];
  const log = new AccessLog(rule, clock, (line) => void lines.push(line));
  const good = new Exchange("one", "192.0.2.1", "smarteye", clock.nowMs());
  Object.assign(good, { client: "gate", model: "street", frame: 7, bytesIn: 900, server: "a:1" });
  await clock.until(clock.sleep(20));
  good.receivedAtMs = clock.nowMs();
  await clock.until(clock.sleep(30));
  log.tell(good, 200, 300);
  const wrong = new Exchange("two", "192.0.2.2", "deepstack", clock.nowMs());
  wrong.failure = { code: "unauthenticated", detail: "found no token" };
  log.tell(wrong, 401, 80);
  const broken = new Exchange("three", "192.0.2.2", "original", clock.nowMs());
  broken.failure = { code: "unavailable", detail: "nobody is up" };
  broken.attempts.push(
    { server: "a:1", outcome: "failed", code: "unavailable", why: "first", tookMs: 3 },
    { server: "b:1", outcome: "failed", code: "unavailable", why: "retry", tookMs: 4.1234 },
  );
  log.tell(broken, 503, 80);
  log.flush();
  return lines.map((line) => JSON.parse(line));
}

Deno.test("a line tells who asked, for what, who answered, and how long it took", async () => {
  const [good, wrong, broken] = await told("all");
  const { at, ...others } = good;
  assert.match(at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(others, {
    event: "request",
    request_id: "one",
    client: "gate",
    peer: "192.0.2.1",
    wire: "smarteye",
    model: "street",
    frame: 7,
    status: 200,
    server: "a:1",
    bytes_in: 900,
    bytes_out: 300,
    receive_ms: 20,
    total_ms: 50,
  });
  assert.deepEqual([wrong.error, wrong.fault, wrong.status], ["unauthenticated", "client", 401]);
  assert.deepEqual([broken.error, broken.fault], ["unavailable", "server"]);
  assert.equal(broken.request_id, "three");
  assert.deepEqual(broken.attempts, [
    { server: "a:1", outcome: "failed", code: "unavailable", why: "first", ms: 3 },
    { server: "b:1", outcome: "failed", code: "unavailable", why: "retry", ms: 4.12 },
  ]);
});

Deno.test("what is not asked for is not told", async () => {
  assert.equal((await told("none")).length, 0);
  assert.deepEqual((await told("failures")).map(({ status }) => status), [401, 503]);
});
