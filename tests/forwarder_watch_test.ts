/** What a server's health tells a forwarder before it looks the next time. Real sockets. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { systemClock } from "../core/clock.ts";
import { seededRng } from "../core/rng.ts";
import { connectSmarteye } from "../forwarder/backends/smarteye.ts";
import { startForwarder } from "../forwarder/role.ts";
import { ServersAnswer } from "../proto/http_codec.ts";
import { backoffOver, JPEG, OPTIONS, sanitized } from "./fakes/forwarder_world.ts";
import { startScriptedServer } from "./fakes/grpc_server.ts";
import { Program } from "./fakes/program.ts";
import { Serving } from "./fakes/serving.ts";

const SERVER_PROCESS = fileURLToPath(new URL("./fakes/grpc_server_process.ts", import.meta.url));

const deps = { clock: systemClock, rng: seededRng(1) };

/** Waits until the servers are in the states, which nobody looks at meanwhile. */
async function until(url: string, states: string[]): Promise<void> {
  for (const startedAtMs = performance.now();;) {
    const answer = await (await fetch(new URL("/v1/servers", url))).json();
    const now = ServersAnswer.parse(answer).servers.map(({ state }) => state);
    if (now.join() === states.join()) return;
    assert.ok(performance.now() - startedAtMs < 10_000, `${now} are not ${states}`);
    await systemClock.sleep(10);
  }
}

/** A watch of a backend, and what it was told. */
function watching(server: string) {
  const backend = connectSmarteye(server, 1000);
  const stop = new AbortController();
  const told: boolean[] = [];
  let heard = Promise.withResolvers<void>();
  const ended = backend.watch!((serving) => {
    told.push(serving);
    heard.resolve();
    heard = Promise.withResolvers();
  }, stop.signal);
  return { backend, stop, told, ended, next: () => heard.promise };
}

Deno.test("a watch tells what the server says, and how it ends", sanitized, async () => {
  const server = await startScriptedServer(0, { health: true });
  const { backend, stop, told, ended, next } = watching(server.name);
  await next();
  server.serving(false);
  await next();
  server.serving(true);
  await next();
  assert.deepEqual(told, [true, false, true]);
  stop.abort();
  assert.equal(await ended, "ended");
  assert.equal(await backend.watch!(() => {}, stop.signal), "ended");
  backend.close();

  const closed = watching(server.name);
  await closed.next();
  closed.backend.close();
  assert.equal(await closed.ended, "ended");

  await using dies = new Program(["--health"], {}, ["run", "-A", SERVER_PROCESS]);
  const killed = watching(await dies.address());
  await killed.next();
  dies.kill("SIGKILL");
  assert.equal(await killed.ended, "lost");
  killed.backend.close();
  server.kill();

  const without = await startScriptedServer();
  const none = watching(without.name);
  assert.equal(await none.ended, "unsupported");
  none.backend.close();
  without.kill();
  await backoffOver();
});

Deno.test(
  "a server that leaves, dies and comes back is known to before a look",
  sanitized,
  async () => {
    let watched = await startScriptedServer(0, { health: true });
    const other = await startScriptedServer();
    const servers = [watched.name, other.name];
    const options = { ...OPTIONS, monitorIntervalMs: 600_000, servers };
    const forwarder = await startForwarder(options, deps);
    const post = () =>
      fetch(`${forwarder.url}?model=m`, {
        method: "POST",
        body: JPEG,
        headers: { "content-type": "image/jpeg" },
      });
    await until(forwarder.url, ["ready", "ready"]);
    watched.serving(false);
    await until(forwarder.url, ["draining", "ready"]);
    watched.serving(true);
    await until(forwarder.url, ["ready", "ready"]);
    watched.kill();
    await until(forwarder.url, ["down", "ready"]);
    assert.equal((await (await post()).json()).server, other.name);
    watched = await startScriptedServer(watched.port, { health: true });
    await until(forwarder.url, ["ready", "ready"]);
    await forwarder.close();
    watched.kill();
    other.kill();
    await backoffOver();
  },
);

Deno.test("a server of ours that drains says so", async () => {
  const serving = await Serving.open();
  const { backend, told, ended, next } = watching(`127.0.0.1:${serving.port}`);
  await next();
  await serving[Symbol.asyncDispose]();
  await ended;
  assert.deepEqual(told, [true, false]);
  backend.close();
});
