/** What the forwarder does when servers come and go, and when it goes itself. Real sockets. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { status as Status } from "@grpc/grpc-js";
import { systemClock } from "../core/clock.ts";
import { isSmarteyeError } from "../core/errors.ts";
import type { RoleDeps } from "../core/role.ts";
import { seededRng } from "../core/rng.ts";
import type { ForwarderOptions } from "../forwarder/options.ts";
import { run, startForwarder } from "../forwarder/role.ts";
import { backoffOver, JPEG, OPTIONS as BASE, sanitized } from "./fakes/forwarder_world.ts";
import { startScriptedServer } from "./fakes/grpc_server.ts";
import { Program } from "./fakes/program.ts";
import { InferAnswer, ServersAnswer } from "../proto/http_codec.ts";

const SERVER_PROCESS = fileURLToPath(new URL("./fakes/grpc_server_process.ts", import.meta.url));

/** Looks often: that is what recovery goes by. */
const OPTIONS: ForwarderOptions = { ...BASE, monitorIntervalMs: 200, json: true };

const deps = { clock: systemClock, rng: seededRng(1) };

function post(url: string): Promise<Response> {
  const headers = { "content-type": "image/jpeg" };
  return fetch(`${url}?model=m`, { method: "POST", body: JPEG, headers });
}

async function statesOf(url: string): Promise<string[]> {
  const answer = await (await fetch(new URL("/v1/servers", url))).json();
  return ServersAnswer.parse(answer).servers.map(({ state }) => state);
}

/** Milliseconds until the servers are in the states, at most 3 s. */
async function until(url: string, states: string[]): Promise<number> {
  const startedAtMs = performance.now();
  for (;;) {
    const now = await statesOf(url);
    const tookMs = performance.now() - startedAtMs;
    if (now.join() === states.join()) return tookMs;
    assert.ok(tookMs < 3000, `${now} are not ${states} after 3 s`);
    await systemClock.sleep(10);
  }
}

Deno.test("a server that is killed and started again is used again", sanitized, async () => {
  const stays = await startScriptedServer();
  let other = await startScriptedServer();
  const servers = [other.name, stays.name];
  const forwarder = await startForwarder({ ...OPTIONS, servers }, deps);
  try {
    for (let round = 0; round < 3; round++) {
      other.kill();
      for (let i = 0; i < 4; i++) {
        const answer = InferAnswer.parse(await (await post(forwarder.url)).json());
        assert.equal(answer.server, stays.name, "no request is lost");
      }
      await until(forwarder.url, ["down", "ready"]);
      // Long enough for grpc-js to have reached its longest delay between two connections.
      await systemClock.sleep(round === 2 ? 2000 : 100);
      other = await startScriptedServer(other.port);
      const seenMs = await until(forwarder.url, ["ready", "ready"]);
      assert.ok(seenMs < OPTIONS.monitorIntervalMs + 1000, `seen again after ${seenMs} ms`);
    }
    const used = new Set<string>();
    for (let i = 0; i < 30 && used.size < 2; i++) {
      used.add(InferAnswer.parse(await (await post(forwarder.url)).json()).server);
    }
    assert.equal(used.size, 2);
  } finally {
    await forwarder.close();
    stays.kill();
    other.kill();
  }
});

Deno.test(
  "a server that is killed in the middle of a call costs a retry, no frame",
  sanitized,
  async () => {
    const stays = await startScriptedServer();
    const dies = await startScriptedServer();
    const entered = Promise.withResolvers<void>();
    dies.script.infer = () => {
      entered.resolve();
      return new Promise(() => {});
    };
    const options = { ...OPTIONS, dispatchPolicy: "round_robin", servers: [dies.name, stays.name] };
    const forwarder = await startForwarder(options, deps);
    const answer = post(forwarder.url);
    await entered.promise;
    dies.kill();
    assert.equal(InferAnswer.parse(await (await answer).json()).server, stays.name);
    await until(forwarder.url, ["down", "ready"]);
    await forwarder.close();
    stays.kill();
    await backoffOver();
  },
);

Deno.test("a lone server that failed a call is asked at once how it is", sanitized, async () => {
  const lone = await startScriptedServer();
  const options = { ...OPTIONS, monitorIntervalMs: 60_000, servers: [lone.name] };
  const forwarder = await startForwarder(options, deps);
  lone.script.infer = () => ({ code: Status.UNAVAILABLE, details: "not now" });
  const failed = await post(forwarder.url);
  assert.equal(failed.status, 503);
  assert.match((await failed.json()).detail, /not now/);
  lone.script.infer = () => "ok";
  await until(forwarder.url, ["ready"]);
  assert.equal((await (await post(forwarder.url)).json()).model, "m");
  await forwarder.close();
  lone.kill();
});

Deno.test({
  name: "what a stopped process has goes elsewhere as soon as it is known to hang",
  ignore: Deno.build.os === "windows", // there is no SIGSTOP
  ...sanitized,
  async fn() {
    const stays = await startScriptedServer();
    await using hangs = new Program([], {}, ["run", "-A", SERVER_PROCESS]);
    const servers = [await hangs.address(), stays.name];
    const options: ForwarderOptions = {
      ...OPTIONS,
      servers,
      deadlineMs: 10_000,
      dispatchPolicy: "round_robin",
    };
    const forwarder = await startForwarder(options, deps);
    await until(forwarder.url, ["ready", "ready"]);
    hangs.kill("SIGSTOP");
    const startedAtMs = performance.now();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(forwarder.url)));
    const tookMs = performance.now() - startedAtMs;
    for (const answer of answers) {
      assert.equal(InferAnswer.parse(await answer.json()).server, stays.name);
    }
    // An interval and the deadline of a look, 200 ms each, and time for a slow machine.
    assert.ok(tookMs < 2000, `it took ${tookMs} ms`);
    await until(forwarder.url, ["down", "ready"]);
    hangs.kill("SIGCONT");
    await until(forwarder.url, ["ready", "ready"]);
    await forwarder.close();
    stays.kill();
  },
});

Deno.test("a server that leaves answers what it has", sanitized, async () => {
  const leaves = await startScriptedServer();
  const stays = await startScriptedServer();
  const entered = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<"ok">();
  leaves.script.infer = () => {
    entered.resolve();
    return gate.promise;
  };
  const options = { ...OPTIONS, dispatchPolicy: "round_robin", servers: [leaves.name, stays.name] };
  const forwarder = await startForwarder(options, deps);
  const answer = post(forwarder.url);
  await entered.promise;
  const left = leaves.leave();
  await until(forwarder.url, ["down", "ready"]);
  gate.resolve("ok");
  assert.equal(InferAnswer.parse(await (await answer).json()).server, leaves.name);
  await left;
  await forwarder.close();
  stays.kill();
  await backoffOver();
});

Deno.test("run says where it listens, and drains", sanitized, async () => {
  const server = await startScriptedServer();
  const gate = Promise.withResolvers<"ok">();
  const entered = Promise.withResolvers<void>();
  server.script.infer = () => {
    entered.resolve();
    return gate.promise;
  };
  const drain = new AbortController();
  const printed = Promise.withResolvers<string>();
  const lines: string[] = [];
  const roleDeps: RoleDeps<ForwarderOptions> = {
    ...deps,
    drain: drain.signal,
    print: (line) => {
      lines.push(line);
      printed.resolve(line);
    },
  };
  const exit = run({ ...OPTIONS, servers: [server.name] }, roleDeps);
  const { role, listen } = JSON.parse(await printed.promise);
  assert.equal(role, "forward");
  const url = `http://${listen}/image_handler`;
  assert.equal((await (await fetch(`http://${listen}/readyz`)).json()).status, "ready");

  // A connection that nobody uses and one whose body never ends do not hold the drain up.
  const [hostname, port] = listen.split(":");
  const idle = await Deno.connect({ hostname, port });
  const refused = await Deno.connect({ hostname, port });
  await refused.write(new TextEncoder().encode(
    "POST /image_handler HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n" +
      "content-length: 1000\r\n\r\nabc",
  ));
  await refused.read(new Uint8Array(1000));

  const underWay = post(url);
  await entered.promise;
  drain.abort();
  const shed = await post(url);
  assert.equal(shed.status, 503);
  assert.match((await shed.json()).detail, /draining/);
  const ready = await fetch(`http://${listen}/readyz`);
  assert.equal(ready.status, 503);
  assert.match((await ready.json()).detail, /draining/);
  gate.resolve("ok");
  assert.equal((await (await underWay).json()).model, "m");
  assert.equal(await exit, 0);
  assert.equal(lines.length, 1);
  await assert.rejects(fetch(url), TypeError);
  idle.close();
  refused.close();
  server.kill();
});

Deno.test(
  "an address that cannot be listened on is said before anything starts",
  sanitized,
  async () => {
    const first = await startForwarder(OPTIONS, deps);
    const taken = { ...OPTIONS, listen: first.address };
    const cases: [ForwarderOptions, code: "already_in_use" | "invalid_argument", RegExp][] = [
      [
        taken,
        "already_in_use",
        /^Cannot listen on 127\.0\.0\.1:\d+: the port is in use, a free one is wanted \(--listen HOST:PORT\)$/,
      ],
      [
        { ...OPTIONS, listen: { host: "192.0.2.1", port: 0 } },
        "invalid_argument",
        /^Cannot listen on 192\.0\.2\.1:0: this machine has no such address/,
      ],
      [
        { ...OPTIONS, listen: { host: "not a host", port: 5000 } },
        "invalid_argument",
        /^Cannot listen on not a host:5000: /,
      ],
      [
        { ...OPTIONS, dispatchPolicy: "fastest" },
        "invalid_argument",
        /^Cannot load the dispatch policy "fastest"/,
      ],
    ];
    for (const [options, code, message] of cases) {
      await assert.rejects(startForwarder(options, deps), (error: unknown) => {
        assert.ok(isSmarteyeError(error, code), String(error));
        assert.match(error.message, message);
        return true;
      });
    }
    await first.close();
  },
);

for (const [host, reached] of [["0.0.0.0", "127.0.0.1"], ["::1", "[::1]"]] as const) {
  Deno.test({
    name: `${host} can be listened on`,
    ignore: !isOurs(host), // not every machine has IPv6
    ...sanitized,
    async fn() {
      const forwarder = await startForwarder({ ...OPTIONS, listen: { host, port: 0 } }, deps);
      const answer = await fetch(`http://${reached}:${forwarder.address.port}/healthz`);
      assert.equal((await answer.json()).status, "alive");
      await forwarder.close();
    },
  });
}

function isOurs(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test("a proxy in the environment is not used for inference servers", sanitized, async () => {
  const server = await startScriptedServer();
  const nowhere = "http://127.0.0.1:1";
  const env = { http_proxy: nowhere, grpc_proxy: nowhere, https_proxy: nowhere };
  const flags = ["--listen", "127.0.0.1:0", "--servers", server.name, "--json"];
  await using forwarder = new Program(["forward", ...flags], env);
  const url = `http://${await forwarder.address()}`;
  await until(url, ["ready"]);
  server.kill();
});
