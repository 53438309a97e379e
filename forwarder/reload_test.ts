import assert from "node:assert/strict";
import { SmarteyeError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { OPTIONS } from "../tests/fakes/forwarder_world.ts";
import { refused } from "../tests/fakes/refused.ts";
import type { ForwarderOptions } from "./options.ts";
import { Reloader } from "./reload.ts";

const silent = () => {};
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** A reloader whose settings are what a test says. */
function reloading() {
  let next: ForwarderOptions | SmarteyeError = OPTIONS;
  const applied: ForwarderOptions[] = [];
  let gate: Promise<void> = Promise.resolve();
  const reloader = new Reloader(OPTIONS, {
    reread() {
      if (next instanceof SmarteyeError) throw next;
      return next;
    },
    async apply(options) {
      await gate;
      if (options.dispatchPolicy === "broken") {
        throw new SmarteyeError("invalid_argument", "Cannot");
      }
      applied.push(options);
    },
    log,
  });
  return {
    applied,
    reload: () => reloader.reload(),
    write: (options: Partial<ForwarderOptions> | SmarteyeError) =>
      void (next = options instanceof SmarteyeError ? options : { ...OPTIONS, ...options }),
    hold: (until: Promise<void>) => void (gate = until),
  };
}

Deno.test("what changed is gone by, or told to need a start", async () => {
  const { reload, write, applied } = reloading();
  assert.deepEqual(await reload(), { changed: [], needsRestart: [] });
  assert.equal(applied.length, 0, "nothing is done for nothing");
  write({ servers: ["a:1"], deadlineMs: 7, accessLog: "all", connectionsMax: 9 });
  assert.deepEqual(await reload(), {
    changed: ["[grpc-url] url", "[forwarder] deadline_ms"],
    needsRestart: ["[forwarder] access_log", "[security] connections_max"],
  });
  assert.deepEqual([applied[0]!.servers, applied[0]!.deadlineMs], [["a:1"], 7]);
  assert.deepEqual((await reload()).changed, [], "once");
  assert.equal((await reload()).needsRestart.length, 2, "as long as it is so");
});

Deno.test("what is wrong changes nothing, and is told", async () => {
  const { reload, write, applied } = reloading();
  write(new SmarteyeError("invalid_argument", "Cannot use the settings: nonsense"));
  assert.match(await refused(reload(), "invalid_argument"), /nonsense/);
  write({ dispatchPolicy: "broken", deadlineMs: 7 });
  await refused(reload(), "invalid_argument");
  write({ deadlineMs: 7 });
  assert.deepEqual((await reload()).changed, ["[forwarder] deadline_ms"]);
  assert.equal(applied.length, 1);
});

Deno.test("two at once go one after the other", async () => {
  const { reload, write, hold, applied } = reloading();
  const gate = Promise.withResolvers<void>();
  hold(gate.promise);
  write({ deadlineMs: 1 });
  const first = reload();
  await Promise.resolve();
  const second = reload();
  gate.resolve();
  assert.equal((await first).changed.length, 1);
  assert.deepEqual((await second).changed, []);
  assert.equal(applied.length, 1);
});
