import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import type { NotifySocket } from "./notify_socket.ts";
import { tellManager } from "./service_manager.ts";

const PID = 77;

/** A manager that listens, or does not. */
class Manager {
  readonly heard: string[] = [];
  readonly clock = new FakeClock();
  readonly drain = new AbortController();
  listens = true;
  isClosed = false;

  tell(environment: Readonly<Record<string, string>>) {
    const given = { NOTIFY_SOCKET: "/run/notify", ...environment };
    const open = (path: string): NotifySocket => {
      assert.equal(path, given.NOTIFY_SOCKET);
      return {
        send: (message) => {
          assert.ok(!this.isClosed);
          if (this.listens) this.heard.push(message);
          return this.listens;
        },
        nowUs: () => 42n,
        close: () => void (this.isClosed = true),
      };
    };
    return tellManager(given, this.clock, this.drain.signal, open, PID);
  }
}

Deno.test("nobody who wants to know: nothing is opened", () => {
  const open = () => assert.fail("it was opened");
  const { signal } = new AbortController();
  for (const environment of [{}, { NOTIFY_SOCKET: "" }]) {
    assert.equal(tellManager(environment, new FakeClock(), signal, open), undefined);
  }
});

Deno.test("one that cannot be told keeps nobody from running", () => {
  const { signal } = new AbortController();
  const open = () => {
    throw new Error("no such library");
  };
  assert.equal(tellManager({ NOTIFY_SOCKET: "/x" }, new FakeClock(), signal, open), undefined);
});

Deno.test("ready, reading settings again, stopping", () => {
  const manager = new Manager();
  const told = manager.tell({})!;
  told.announce("ready");
  told.announce("reloading");
  told.announce("ready");
  manager.drain.abort();
  told.end();
  told.announce("ready");
  assert.deepEqual(manager.heard, [
    ...["READY=1", "RELOADING=1\nMONOTONIC_USEC=42", "READY=1", "STOPPING=1"],
  ]);
  assert.ok(manager.isClosed);
});

Deno.test("a sign of life twice in the manager's patience, also while draining, until the end", async () => {
  const manager = new Manager();
  const told = manager.tell({ WATCHDOG_USEC: "3000000", WATCHDOG_PID: String(PID) })!;
  await manager.clock.advance(1499);
  assert.equal(manager.heard.length, 0);
  await manager.clock.advance(1501);
  manager.drain.abort();
  await manager.clock.advance(1500);
  assert.deepEqual(manager.heard, ["WATCHDOG=1", "WATCHDOG=1", "STOPPING=1", "WATCHDOG=1"]);
  told.end();
  await manager.clock.advance(9000);
  assert.equal(manager.heard.length, 4);
  assert.equal(manager.clock.sleeping, 0);
});

for (
  const [name, environment] of [
    ["none is wanted", {}],
    ["it is wanted of another process", { WATCHDOG_USEC: "3000000", WATCHDOG_PID: "78" }],
    ["what is wanted is no number", { WATCHDOG_USEC: "soon" }],
    ["what is wanted is nothing", { WATCHDOG_USEC: "0" }],
  ] as const
) {
  Deno.test(`no sign of life where ${name}`, async () => {
    const manager = new Manager();
    const told = manager.tell(environment)!;
    await manager.clock.advance(60_000);
    assert.deepEqual(manager.heard, []);
    told.end();
  });
}

Deno.test("a manager that comes back is told again", async () => {
  const manager = new Manager();
  const told = manager.tell({ WATCHDOG_USEC: "2000000" })!;
  manager.listens = false;
  await manager.clock.advance(3000);
  manager.listens = true;
  await manager.clock.advance(1000);
  assert.deepEqual(manager.heard, ["WATCHDOG=1"]);
  told.end();
});
