import assert from "node:assert/strict";
import { isSmarteyeError } from "../../core/errors.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { Client, InFlight } from "./client.ts";
import { type Grant, OPEN } from "./grant.ts";

const client = (grant: Partial<Grant>, clock = new FakeClock(), inFlight = new InFlight()) =>
  new Client({ ...OPEN, name: "gate", ...grant }, clock, inFlight);

/** Requests that are let in out of so many at once. */
function letIn(client: Client, requests: number): number {
  let taken = 0;
  for (let i = 0; i < requests; i++) {
    try {
      client.asks();
      taken++;
    } catch (error) {
      assert.ok(isSmarteyeError(error, "rate_limited"));
      assert.match(error.message, /gate asks more often than [\d.]+ times a second/);
      assert.ok(error.retryAfterMs! > 0);
    }
  }
  return taken;
}

Deno.test("a rate is kept over time, with a second's worth at once", async () => {
  const clock = new FakeClock();
  const quick = client({ requestsPerSec: 10 }, clock);
  assert.equal(letIn(quick, 50), 10);
  await clock.until(clock.sleep(500));
  assert.equal(letIn(quick, 50), 5);
  await clock.until(clock.sleep(60_000));
  assert.equal(letIn(quick, 50), 10);
  const slow = client({ requestsPerSec: 0.5 }, clock);
  assert.equal(letIn(slow, 5), 1);
  await clock.until(clock.sleep(1900));
  assert.equal(letIn(slow, 5), 0);
  await clock.until(clock.sleep(200));
  assert.equal(letIn(slow, 5), 1);
  assert.equal(letIn(client({}), 1000), 1000);
});

Deno.test("who is told when to come again is let in then", async () => {
  const clock = new FakeClock();
  const one = client({ requestsPerSec: 4 }, clock);
  letIn(one, 4);
  let retryAfterMs = 0;
  assert.throws(() => one.asks(), (error: unknown) => {
    assert.ok(isSmarteyeError(error));
    retryAfterMs = error.retryAfterMs!;
    return true;
  });
  await clock.until(clock.sleep(retryAfterMs));
  one.asks();
});

Deno.test("another grant counts from now on", () => {
  const one = client({ requestsPerSec: 1 });
  letIn(one, 1);
  one.grant = { ...one.grant, requestsPerSec: 100 };
  assert.equal(letIn(one, 5), 0, "what was spent is spent");
  one.grant = { ...one.grant, requestsPerSec: undefined };
  assert.equal(letIn(one, 5), 5);
});

Deno.test("so many requests are under way, whoever holds the same name", () => {
  const inFlight = new InFlight();
  const [one, same] = [
    client({ inFlightMax: 2 }, undefined, inFlight),
    client({ inFlightMax: 2 }, undefined, inFlight),
  ];
  const ends = [one.take(), same.take()];
  assert.throws(() => one.take(), (error: unknown) => isSmarteyeError(error, "rate_limited"));
  ends[0]!();
  same.take()();
  ends[1]!();
  assert.equal(inFlight.of("gate"), 0);
});

Deno.test("models are asked for by name, with a version or without", () => {
  const one = client({ models: new Set(["street", "ssd@2"]) });
  for (const model of ["street", "street@3", "ssd@2"]) one.assertMay(model);
  for (const model of ["ssd", "ssd@1", "streets", ""]) {
    assert.throws(() => one.assertMay(model), (error: unknown) => {
      assert.ok(isSmarteyeError(error, "permission_denied"));
      assert.match(error.message, /gate may ask for street, ssd@2/);
      return true;
    }, model);
  }
  client({}).assertMay("anything");
});
