/** Exit statuses and messages of the program, called in this process. */

import assert from "node:assert/strict";
import { SmarteyeError } from "../core/errors.ts";
import type { RoleDeps } from "../core/role.ts";
import { type DefineCommand, type Role, roleCommand } from "./command.ts";
import { FakeWorld } from "../tests/fakes/world.ts";
import { run } from "./run.ts";
import { ECHO_MS } from "./signals.ts";

/** A program whose only command does what the test says. */
function command(work: Role<undefined>["run"]): DefineCommand {
  return (cli) =>
    roleCommand(cli, {
      name: "work",
      about: "does what a test says",
      resolve: () => undefined,
      load: () => Promise.resolve({ run: work }),
    });
}

async function runWork(work: Role<undefined>["run"], args: string[] = [], world = new FakeWorld()) {
  const status = await run(["work", ...args], world, [command(work)]);
  return { status, stdout: world.stdout.text, stderr: world.stderr.text, world };
}

Deno.test("no arguments: help on stderr, status 2", async () => {
  const world = new FakeWorld();
  assert.equal(await run([], world), 2);
  assert.match(world.stderr.text, /^Usage: smarteye/);
  assert.equal(world.stdout.text, "");
});

for (
  const line of [
    "--help",
    "help edge",
    "edge -h",
    "forward --help",
    "serve --help",
    "policies list --help",
    "-V",
  ]
) {
  Deno.test(`asked for: smarteye ${line}`, async () => {
    const world = new FakeWorld();
    assert.equal(await run(line.split(" "), world), 0);
    assert.equal(world.stderr.text, "");
    assert.match(world.stdout.text, line === "-V" ? /^smarteye \d+\.\d+\.\d+\n$/ : /^Usage:/);
    if (/edge|forward|serve/.test(line)) assert.match(world.stdout.text, /Examples:\n {2}smarteye/);
  });
}

Deno.test("a role's status and its printed lines come through", async () => {
  const { status, stdout, stderr } = await runWork((_, deps) => {
    deps.print("one");
    deps.progress?.("10 frames");
    return Promise.resolve(1);
  });
  assert.equal(status, 1);
  assert.equal(stdout, "one\n");
  assert.equal(stderr, "10 frames\n");
});

Deno.test("--quiet: no progress, only warnings", async () => {
  const { stderr, world } = await runWork((_, deps) => {
    assert.equal(deps.progress, undefined);
    return Promise.resolve(0);
  }, ["--quiet"]);
  assert.equal(stderr, "");
  assert.deepEqual(world.loggedAt, ["warning"]);
});

Deno.test("an error of ours is its message; another's tells where to see more", async () => {
  const cause = new TypeError("boom\nand more");
  const ours = (code: "unavailable" | "invalid_argument") => () =>
    Promise.reject(new SmarteyeError(code, "Cannot reach it", { cause }));
  const plain = await runWork(ours("unavailable"));
  assert.deepEqual([plain.status, plain.stderr], [1, "error: Cannot reach it\n"]);
  assert.equal((await runWork(ours("invalid_argument"))).status, 2);

  const other = await runWork(() => Promise.reject(cause));
  assert.equal(other.status, 1);
  assert.equal(other.stderr, "error: boom\n(--log-level debug shows where this comes from)\n");

  const debug = await runWork(ours("unavailable"), ["--log-level", "debug"]);
  assert.match(debug.stderr, /^error: Cannot reach it\nSmarteyeError: Cannot reach it\n {4}at /);
  assert.match(debug.stderr, /\ncaused by: TypeError: boom\nand more\n {4}at /);
});

Deno.test("what throws before it returns a promise is an error too", async () => {
  const { status, stderr } = await runWork(() => {
    throw "a string";
  });
  assert.equal(status, 1);
  assert.match(stderr, /^error: a string\n/);
});

/** Until the drain; then what the test says. */
function draining(deps: RoleDeps): Promise<void> {
  return new Promise((resolve) => deps.drain.addEventListener("abort", () => resolve()));
}

Deno.test("the first signal drains", async () => {
  const world = new FakeWorld();
  const { status, stderr } = await runWork(
    async (_, deps) => {
      const drained = draining(deps);
      world.send("SIGTERM");
      await drained;
      return 0;
    },
    [],
    world,
  );
  assert.equal(status, 0);
  assert.equal(stderr, "SIGTERM: finishing what is under way; once more stops at once\n");
  assert.equal(world.send("SIGTERM"), 0, "nobody listens any more");
});

Deno.test("the second signal stops at once", async () => {
  const world = new FakeWorld();
  const { status, stderr } = await runWork(
    async () => {
      world.send("SIGINT");
      await world.clock.advance(ECHO_MS);
      world.send("SIGINT");
      return await new Promise(() => {}); // never ends by itself
    },
    [],
    world,
  );
  assert.equal(status, 1);
  assert.equal(
    stderr,
    "SIGINT: finishing what is under way; once more stops at once\n" +
      "SIGINT: stopped at once; what was under way is lost\n",
  );
});

Deno.test("a signal that comes twice, since a group was sent it, stops nothing at once", async () => {
  const world = new FakeWorld();
  const { status, stderr } = await runWork(
    async (_, deps) => {
      const drained = draining(deps);
      world.send("SIGINT");
      await world.clock.advance(ECHO_MS - 1);
      world.send("SIGTERM");
      await drained;
      return 0;
    },
    [],
    world,
  );
  assert.equal(status, 0);
  assert.equal(stderr, "SIGINT: finishing what is under way; once more stops at once\n");
});

Deno.test("a rejection that nobody handles ends the run with one line", async () => {
  const world = new FakeWorld();
  const event = Object.assign(new Event("unhandledrejection", { cancelable: true }), {
    reason: new Error("lost"),
  });
  const { status, stderr } = await runWork(
    () => {
      world.crashes.dispatchEvent(event);
      return new Promise(() => {});
    },
    [],
    world,
  );
  assert.equal(status, 1);
  assert.ok(event.defaultPrevented, "the runtime prints no trace of its own");
  assert.equal(stderr, "error: lost\n(--log-level debug shows where this comes from)\n");
});
