import assert from "node:assert/strict";
import { FakeClock, idle } from "../core/fake_clock.ts";
import { FakeBackend, statusOf } from "../tests/fakes/backend.ts";
import type { WatchEnd } from "./backend.ts";
import { keepWatch } from "./health_watch.ts";
import { Server, type ServerState } from "./server.ts";

/** A server that is watched, and what it is told by. */
function setup(rng = () => 0) {
  const clock = new FakeClock();
  const backend = new FakeBackend(clock);
  const changes: string[] = [];
  const tell = (_: string, state: ServerState) => void changes.push(state.kind);
  const server = new Server("s0", backend, clock, tell, rng);
  const began: number[] = [];
  let say = (_serving: boolean) => {};
  let end = (_how: WatchEnd) => {};
  backend.watches = (onServing, signal) => {
    began.push(clock.nowMs());
    say = onServing;
    return new Promise((resolve) => {
      end = resolve;
      signal.addEventListener("abort", () => resolve("ended"), { once: true });
    });
  };
  return {
    ...{ clock, backend, server, changes, began },
    watch: () => keepWatch(server, { clock, rng }),
    look: () => server.look({ deadlineMs: 1000, signal: new AbortController().signal }),
    say: async (serving: boolean) => {
      say(serving);
      await idle();
    },
    end: async (how: WatchEnd) => {
      end(how);
      await idle();
    },
  };
}

Deno.test("a server that says it takes requests is looked at, and is up at once", async () => {
  const { server, changes, watch, say, backend } = setup();
  const watching = watch();
  await say(true);
  assert.deepEqual([server.isReady, server.has("m"), changes], [true, true, ["ready"]]);
  await say(true);
  assert.equal(backend.looks, 1, "only if that is news");
  server.close();
  await watching;
});

Deno.test("one that leaves is passed over at once, and finishes what it has", async () => {
  const { server, changes, watch, say, look, backend, clock } = setup();
  const watching = watch();
  await look();
  const lease = server.lease();
  // What was asked for before does not bring it back, nor does what is asked for while it says so.
  backend.say = async () => {
    await clock.sleep(100);
    return {};
  };
  const earlier = look();
  await say(false);
  assert.deepEqual([changes, lease.lost.aborted], [["ready", "draining"], false]);
  await clock.until(earlier);
  await clock.until(look());
  assert.deepEqual(changes, ["ready", "draining"]);
  await say(true);
  await clock.advance(100);
  assert.deepEqual(changes, ["ready", "draining", "ready"]);
  lease.end("success");
  server.close();
  await watching;
});

Deno.test("one whose connection breaks is passed over, until it says that it is back", async () => {
  const { server, changes, watch, say, end, look, clock } = setup();
  const watching = watch();
  await look();
  const lease = server.lease();
  await end("lost");
  assert.deepEqual(server.state, { kind: "down", why: "its connection broke" });
  assert.equal(lease.lost.aborted, false, "what it has ends by itself, or is answered");
  await clock.advance(100);
  await say(true);
  assert.deepEqual(changes, ["ready", "down", "ready"]);
  server.close();
  await watching;
});

Deno.test("a watch that somebody ended says nothing of the server", async () => {
  const { server, changes, watch, say, end, look, clock } = setup();
  const watching = watch();
  await look();
  await say(false);
  await end("ended");
  assert.deepEqual(changes, ["ready", "draining"]);
  await look();
  assert.equal(server.isReady, true, "nobody says any more that it does not");
  await clock.advance(100);
  server.close();
  await watching;
});

Deno.test("a watch is opened again after growing pauses, each up to half as short by chance", async () => {
  for (const [chance, wanted] of [[0, 1], [0.999, 0.5]] as const) {
    const jittered = setup(() => chance);
    const watching = jittered.watch();
    for (let i = 0; i < 9; i++) {
      const before = jittered.began.length;
      await jittered.end("ended");
      while (jittered.began.length === before) await jittered.clock.advance(1);
    }
    const between = jittered.began.slice(1).map((ms, i) => ms - jittered.began[i]!);
    [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000].forEach((ms, i) => {
      assert.ok(Math.abs(between[i]! - ms * wanted) <= ms * 0.01 + 1, between.join());
    });
    // One that lasted begins anew.
    await jittered.clock.advance(6000);
    const endedAtMs = jittered.clock.nowMs();
    await jittered.end("ended");
    await jittered.clock.advance(100);
    assert.ok(jittered.began.at(-1)! - endedAtMs <= 100);
    jittered.server.close();
    await watching;
  }
});

Deno.test("a server without a watch is asked for one once, one that leaves no more", async () => {
  const { backend, server, clock, watch, began } = setup();
  backend.watches = () => {
    began.push(0);
    return Promise.resolve("unsupported");
  };
  await watch();
  assert.deepEqual([began.length, clock.sleeping], [1, 0]);
  const retired = setup();
  const watching = retired.watch();
  const lease = retired.server.lease();
  const leaving = retired.server.retire(1000);
  await watching;
  assert.deepEqual([retired.began.length, lease.lost.aborted], [1, false]);
  lease.end("success");
  await leaving;
  assert.equal(retired.clock.sleeping, 0);
  server.close();
});

Deno.test("one that is up and whose watch says so although it hangs is down", async () => {
  const { backend, server, clock, watch, say } = setup();
  const watching = watch();
  backend.say = () => new Promise(() => {});
  await say(true);
  await clock.advance(2000);
  assert.match(JSON.stringify(server.state), /it did not say how it is within 2000 ms/);
  backend.say = () => Promise.resolve(statusOf(["m"]));
  server.close();
  await watching;
});
