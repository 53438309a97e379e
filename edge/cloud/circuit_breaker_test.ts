import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { pickIndex, seededRng } from "../../core/rng.ts";
import { CircuitBreaker, FAILURES_MAX, type Pass, PROBE_MS } from "./circuit_breaker.ts";

function breaking(atOnceMax = 1) {
  const clock = new FakeClock();
  const cloud = { available: true, why: "" };
  const told: string[] = [];
  const breaker = new CircuitBreaker(cloud, clock, {
    opened: (why) => told.push(`opened: ${why}`),
    closed: (afterMs) => told.push(`closed after ${afterMs}`),
  }, atOnceMax);
  const enter = (): Pass => {
    const pass = breaker.enter();
    assert.ok(pass, "it lets no frame in");
    return pass;
  };
  const fail = (times = FAILURES_MAX) => {
    for (let i = 0; i < times; i++) enter().end("failed", "it answers 503");
  };
  return { clock, cloud, told, breaker, enter, fail };
}

Deno.test("a few failures in a row open it; an answer in between does not let them add up", () => {
  const { breaker, enter, fail, told } = breaking();
  fail(FAILURES_MAX - 1);
  enter().end("success");
  fail(FAILURES_MAX - 1);
  assert.deepEqual([breaker.admits, breaker.why, breaker.failuresInARow], [true, "", 2]);
  fail(1);
  assert.deepEqual([breaker.admits, breaker.enter()], [false, undefined]);
  assert.equal(breaker.why, "3 offloads in a row failed, it answers 503");
  assert.deepEqual(told, ["opened: 3 offloads in a row failed, it answers 503"]);
});

Deno.test("it is probed with one frame at a time, less and less often, and closes with an answer", () => {
  const { clock, breaker, enter, fail, told } = breaking();
  fail();
  let waitMs: number = PROBE_MS.first;
  for (let probes = 0; probes < 8; probes++) {
    clock.jump(waitMs - 1);
    assert.equal(breaker.admits, false, `${waitMs} ms before probe ${probes}`);
    clock.jump(1);
    const probe = enter();
    assert.deepEqual([probe.holds, breaker.admits], [true, false], "one at a time");
    probe.end("failed", "no answer");
    waitMs = Math.min(2 * waitMs, PROBE_MS.most);
  }
  clock.jump(waitMs);
  enter().end("success");
  assert.deepEqual([breaker.admits, breaker.enter()!.holds], [true, true]);
  assert.equal(told.length, 2, "probes are not told");
  assert.match(told[1]!, /^closed after \d+$/);
});

Deno.test("a probe that never was sent says nothing: the next frame is one", () => {
  const { clock, breaker, enter, fail } = breaking();
  fail();
  clock.jump(PROBE_MS.first);
  enter().end("ignored");
  assert.equal(breaker.admits, true);
});

Deno.test("frames that were let in before it opened may not be sent any more, and add nothing", () => {
  const { clock, breaker, enter, fail } = breaking();
  const [queued, underWay] = [enter(), enter()];
  fail();
  assert.equal(queued.holds, false);
  queued.end("ignored");
  underWay.end("failed", "no answer");
  clock.jump(PROBE_MS.first);
  assert.equal(breaker.admits, true, "the late failure of another did not put the probe off");
});

Deno.test("the late answer to a frame that was sent before is a reason to probe, and no more", () => {
  const { breaker, enter, fail, told } = breaking();
  const underWay = enter();
  fail();
  underWay.end("success");
  assert.equal(breaker.failuresInARow, 0);
  const probe = enter();
  assert.equal(breaker.admits, false);
  probe.end("failed");
  assert.deepEqual([breaker.admits, told.length], [false, 1]);
});

Deno.test("a cloud that is not available gets no frame; when it is back, one probes at once", () => {
  const { clock, cloud, breaker, enter, told } = breaking();
  Object.assign(cloud, { available: false, why: "no server is ready" });
  assert.deepEqual([breaker.admits, breaker.why], [false, "no server is ready"]);
  clock.jump(60_000);
  assert.equal(breaker.admits, false);
  Object.assign(cloud, { available: true, why: "" });
  const probe = enter();
  assert.equal(breaker.admits, false);
  probe.end("success");
  assert.equal(breaker.admits, true);
  assert.deepEqual(told, ["closed after 60000"]);
});

Deno.test("what comes back while a long pause lasts is probed at once", () => {
  const { clock, cloud, breaker, enter, fail } = breaking();
  fail();
  for (let i = 0; i < 6; i++) {
    clock.jump(PROBE_MS.most);
    enter().end("failed");
  }
  cloud.available = false;
  assert.equal(breaker.admits, false);
  cloud.available = true;
  assert.equal(breaker.admits, true);
});

Deno.test("how often and how long no frames were sent is counted, also while it lasts", () => {
  const { clock, cloud, breaker, enter, fail } = breaking();
  const outages = () => [breaker.outages.count, breaker.outages.totalMs];
  assert.deepEqual(outages(), [0, 0]);
  fail();
  clock.jump(1500);
  assert.deepEqual(outages(), [1, 1500]);
  enter().end("success");
  clock.jump(10_000);
  assert.deepEqual(outages(), [1, 1500]);
  cloud.available = false;
  assert.deepEqual(outages(), [2, 1500]);
  clock.jump(500);
  assert.deepEqual(outages(), [2, 2000]);
});

Deno.test("why no frame is sent is what is known now, not what opened it", () => {
  const { clock, cloud, breaker, enter, fail } = breaking();
  Object.assign(cloud, { available: false, why: "the forwarder does not answer" });
  assert.equal(breaker.why, "the forwarder does not answer");
  cloud.why = "none of the forwarder's servers is ready";
  assert.equal(breaker.why, "none of the forwarder's servers is ready");
  Object.assign(cloud, { available: true, why: "" });
  const probe = enter();
  assert.equal(breaker.why, "it is back, and one frame tries it first");
  probe.end("failed", "it answers 500");
  assert.equal(breaker.why, "a frame that tried it failed, it answers 500");
  clock.jump(PROBE_MS.most);
  enter().end("success");
  assert.equal(breaker.why, "");
  fail();
  Object.assign(cloud, { available: false, why: "the forwarder does not answer" });
  assert.equal(breaker.why, "the forwarder does not answer");
});

Deno.test("a frame that waits is not sent when the cloud has gone, whether or not another was decided about", () => {
  const { cloud, enter } = breaking();
  const waiting = enter();
  assert.equal(waiting.holds, true);
  cloud.available = false;
  assert.equal(waiting.holds, false);
});

Deno.test("an outage does not last while the cloud is back and no frame is meant for it", () => {
  const { clock, cloud, breaker, enter, told } = breaking();
  const outages = () => [breaker.outages.count, breaker.outages.totalMs];
  cloud.available = false;
  assert.deepEqual(outages(), [1, 0]);
  clock.jump(2000);
  cloud.available = true;
  assert.deepEqual(outages(), [1, 2000]);
  clock.jump(10_000);
  assert.deepEqual([breaker.admits, ...outages()], [true, 1, 2000]);
  cloud.available = false;
  assert.deepEqual(outages(), [1, 2000]);
  clock.jump(500);
  cloud.available = true;
  assert.deepEqual(outages(), [1, 2500]);
  clock.jump(10_000);
  const probe = enter();
  clock.jump(100);
  assert.deepEqual(outages(), [1, 2600]);
  probe.end("success");
  assert.deepEqual([...outages(), ...told], [1, 2600, "closed after 2600"]);
});

/** Passes that are to be had at once. */
function enterAll(breaker: CircuitBreaker, most = 100): Pass[] {
  const passes: Pass[] = [];
  while (passes.length < most) {
    const pass = breaker.enter();
    if (!pass) break;
    passes.push(pass);
  }
  return passes;
}

Deno.test("after an outage frames under way grow with the answers: 1, 2, 4 … until all may be sent", () => {
  const { cloud, breaker } = breaking(16);
  assert.equal(enterAll(breaker).length, 100, "nothing has failed yet");
  cloud.available = false;
  assert.equal(breaker.admits, false);
  cloud.available = true;
  const rounds: number[] = [];
  for (let round = 0; round < 6; round++) {
    const passes = enterAll(breaker);
    rounds.push(passes.length);
    for (const pass of passes) {
      assert.equal(pass.holds, true);
      pass.end("success");
    }
  }
  assert.deepEqual(rounds, [1, 2, 4, 8, 100, 100]);
});

Deno.test("while it grows, what is not let in is told why; a pass that was never sent is free again", () => {
  const { clock, breaker, enter, fail } = breaking(4);
  fail();
  clock.jump(PROBE_MS.first);
  enter().end("success");
  const [first, second] = enterAll(breaker);
  assert.equal(breaker.why, "it is back, and 2 at once try it first");
  assert.equal(breaker.enter(), undefined);
  first!.end("ignored");
  assert.deepEqual([breaker.admits, breaker.why], [true, ""]);
  second!.end("success");
  assert.equal(enterAll(breaker).length, 3);
});

Deno.test("a failure while it grows begins it anew, and as many as ever open it again", () => {
  const { clock, breaker, enter, fail, told } = breaking(64);
  fail();
  clock.jump(PROBE_MS.first);
  enter().end("success");
  for (const pass of enterAll(breaker)) pass.end("success");
  const [first, ...others] = enterAll(breaker);
  first!.end("failed");
  assert.equal(breaker.admits, false, "three are under way still, one may be");
  for (const pass of others) pass.end("ignored");
  assert.equal(enterAll(breaker).length, 1);
  for (let failures = 1; failures < FAILURES_MAX; failures++) breaker.enter()?.end("failed");
  assert.equal(told.length, 2);
});

Deno.test("frames that were let in before an outage are not sent after it, and widen nothing", () => {
  const { cloud, breaker, enter } = breaking(8);
  const before = enter();
  cloud.available = false;
  assert.equal(before.holds, false);
  cloud.available = true;
  enter().end("success");
  assert.equal(before.holds, false);
  before.end("success");
  assert.equal(enterAll(breaker).length, 2);
});

Deno.test("one that is denied opens it at once, and for long: others would be, too", () => {
  const { clock, breaker, enter, told } = breaking();
  enter().end("denied", "it answers 401");
  assert.deepEqual([breaker.admits, breaker.why], [false, "it answers 401"]);
  assert.deepEqual(told, ["opened: it answers 401"]);
  clock.jump(PROBE_MS.most - 1);
  assert.equal(breaker.admits, false);
  clock.jump(1);
  enter().end("denied", "it answers 401");
  clock.jump(PROBE_MS.most - 1);
  assert.equal(breaker.admits, false);
  clock.jump(1);
  enter().end("success");
  assert.equal(breaker.admits, true);
});

Deno.test("a pass is given back once", () => {
  const pass = breaking().enter();
  pass.end("success");
  assert.throws(() => pass.end("ignored"), /a pass ended twice, now as ignored/);
});

Deno.test("whatever happens, an open circuit has one probe at most, and a cloud that answers is used", () => {
  for (let seed = 0; seed < 50; seed++) {
    const rng = seededRng(seed);
    const { clock, cloud, breaker } = breaking(1 + seed % 9);
    const passes: Pass[] = [];
    for (let step = 0; step < 400; step++) {
      clock.jump(pickIndex(rng, 800));
      if (rng() < 0.05) cloud.available = !cloud.available;
      const wasOpen = breaker.why !== "" && !breaker.why.includes("at once");
      const pass = breaker.enter();
      if (pass) passes.push(pass);
      if (wasOpen) {
        const valid = passes.filter(({ holds }) => holds).length;
        assert.ok(valid <= 1, `seed ${seed}: ${valid} probes`);
      }
      if (passes.length > 0 && rng() < 0.6) {
        const [ending] = passes.splice(pickIndex(rng, passes.length), 1);
        ending!.end(rng() < 0.7 ? "failed" : rng() < 0.5 ? "success" : "ignored");
      }
    }
    for (const pass of passes.splice(0)) {
      pass.end("ignored");
      assert.throws(() => pass.end("success"));
    }
    cloud.available = true;
    clock.jump(PROBE_MS.most);
    for (let answers = 0; answers < 9; answers++) breaker.enter()!.end("success");
    assert.deepEqual([breaker.admits, breaker.why], [true, ""], `seed ${seed}`);
    assert.equal(enterAll(breaker, 50).length, 50, `seed ${seed}`);
  }
});
