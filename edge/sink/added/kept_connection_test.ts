import assert from "node:assert/strict";
import { FakeClock } from "../../../core/fake_clock.ts";
import { KeptConnection } from "./kept_connection.ts";

/** Somebody who is there or not, and lets go when told. */
class FakeServer {
  readonly clock = new FakeClock();
  readonly triedMs: number[] = [];
  isThere = true;
  open = 0;
  lose: (why: string) => void = () => {};

  connect() {
    this.triedMs.push(this.clock.nowMs() / 1000);
    if (!this.isThere) return Promise.reject(new Error("refused for a:secret@b"));
    const { promise: closed, resolve } = Promise.withResolvers<string>();
    this.open++;
    this.lose = (why) => {
      this.open--;
      resolve(why);
    };
    const close = () => Promise.resolve(this.lose("closed"));
    return Promise.resolve({ closed, close });
  }

  kept(greet?: () => Promise<void>) {
    const { clock } = this;
    const parts = { to: "mqtt://b:1", clock, open: () => this.connect() };
    return new KeptConnection({ ...parts, ...(greet ? { greet } : {}) });
  }
}

Deno.test("who is not there is tried ever later, and greeted when there", async () => {
  const server = new FakeServer();
  server.isThere = false;
  let greeted = 0;
  const kept = server.kept(() => Promise.resolve(void greeted++));
  await server.clock.until(kept.tried());
  let isBack = false;
  void kept.back().then(() => isBack = true);
  assert.throws(() => kept.get(), /^SmarteyeError: Cannot reach mqtt:\/\/b:1: refused for/);
  await server.clock.advance(100_000);
  assert.deepEqual([isBack, ...server.triedMs], [false, 0, 1, 3, 7, 15, 31, 61, 91]);
  server.isThere = true;
  await server.clock.advance(30_000);
  assert.ok(kept.get() === kept.current && greeted === 1 && isBack);
  server.lose("the cable");
  await server.clock.advance(0);
  assert.throws(() => kept.get(), /the cable/);
  await server.clock.advance(1000);
  assert.ok(kept.current, "from then on it is tried soon again");
  assert.equal(greeted, 2);
  await server.clock.until(kept.close());
  await server.clock.advance(100_000);
  assert.deepEqual([server.open, server.triedMs.length], [0, 10]);
});

Deno.test("who has no time left does not wait for the next try", async () => {
  const server = new FakeServer();
  server.isThere = false;
  const kept = server.kept();
  await server.clock.until(kept.tried());
  await server.clock.advance(4000);
  await kept.tried();
  assert.deepEqual([kept.current, ...server.triedMs], [undefined, 0, 1, 3, 4]);
  server.isThere = true;
  await kept.tried();
  assert.ok(kept.current, "it is there at once");
  await kept.tried();
  assert.deepEqual(server.triedMs, [0, 1, 3, 4, 4], "which stands is not tried");
  await server.clock.until(kept.close());
});

Deno.test("one that cannot be greeted is closed, and not used", async () => {
  const server = new FakeServer();
  let isFine = false;
  const kept = server.kept(() => isFine ? Promise.resolve() : Promise.reject(new Error("no")));
  await server.clock.until(kept.tried());
  assert.deepEqual([kept.current, server.open], [undefined, 0]);
  isFine = true;
  await server.clock.advance(1000);
  assert.ok(kept.current);
  await server.clock.until(kept.close());
  assert.equal(server.open, 0);
});

Deno.test("nobody waits for who does not answer, and who answers later is let go", async () => {
  const clock = new FakeClock();
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  const { promise: opening, resolve: answer } = Promise.withResolvers<void>();
  const connection = { closed, close: () => Promise.resolve(resolve("closed")) };
  const open = () => opening.then(() => connection);
  const kept = new KeptConnection({ to: "b", clock, open });
  await clock.until(kept.tried());
  assert.equal(clock.nowMs(), 5000);
  await kept.close();
  answer();
  assert.equal(await clock.until(closed), "closed");
});
