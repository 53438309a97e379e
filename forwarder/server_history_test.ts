import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { ServerDetails } from "../proto/http_details.ts";
import { detailsOfAll } from "./server_details.ts";
import { ServerHistory } from "./server_history.ts";

Deno.test("shares are of all servers, of the minute and of all the time", async () => {
  const clock = new FakeClock();
  const [one, other, idle] = [0, 1, 2].map(() => new ServerHistory(clock));
  for (let n = 1; n <= 8; n++) one!.ended("success", 10 * n);
  await clock.advance(70_000);
  for (const outcome of ["success", "failed", "refused", "ignored"] as const) {
    other!.ended(outcome, 500);
  }
  one!.heard();
  await clock.advance(2000);
  const details = detailsOfAll([one!, other!, idle!].map((history) => ({ history })));
  for (const one of details) ServerDetails.parse(one);
  const shares = details.map(({ calls: { share, share_minute } }) => [share, share_minute]);
  assert.deepEqual(shares, [[8 / 12, 0], [4 / 12, 1], [0, 0]]);
  assert.deepEqual(details.map(({ latency_ms }) => latency_ms?.p50), [undefined, 500, undefined]);
  assert.deepEqual(details.map(({ heard_ago_s }) => heard_ago_s), [2, undefined, undefined]);
  assert.deepEqual(details[1]!.calls, {
    ...{ total: 4, minute: 4, success: 1, failed: 1, refused: 1, ignored: 1 },
    ...{ share: 4 / 12, share_minute: 1 },
  });
});

Deno.test("what became of a server is told, the newest first, and no more than is bounded", async () => {
  const clock = new FakeClock();
  const history = new ServerHistory(clock);
  history.changed("ready", "");
  await clock.advance(1000);
  history.ejected("passed over for 10 s", clock.nowMs() + 10_000);
  await clock.advance(500);
  const [details] = detailsOfAll([{ history }]);
  assert.deepEqual(details!.changes.map(({ at, kind }) => [at, kind]), [
    [new Date(clock.epochMs() - 500).toISOString(), "ejected"],
    [new Date(clock.epochMs() - 1500).toISOString(), "ready"],
  ]);
  assert.deepEqual([details!.ejections, details!.ejected_for_s, details!.since_s], [1, 9.5, 1.5]);
  for (let n = 0; n < 50; n++) history.changed("down", `${n}`.padEnd(1000, "x"));
  assert.equal(history.changes.length, 20);
  assert.equal(history.changes[0]!.detail.length, 300);
  await clock.advance(10_000);
  assert.equal(detailsOfAll([{ history }])[0]!.ejected_for_s, undefined);
});
