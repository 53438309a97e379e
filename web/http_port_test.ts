import assert from "node:assert/strict";
import type { ListenAddress } from "../core/address.ts";
import { systemClock } from "../core/clock.ts";
import { isSmarteyeError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { type HttpPort, openHttpPort } from "./http_port.ts";

const ANY = { host: "127.0.0.1", port: 0 };

const silent = () => {};
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };

function open(
  answer: (request: Request) => Promise<Response>,
  listen: ListenAddress = ANY,
): Promise<HttpPort> {
  const limits = { tls: undefined, connectionsMax: 100 };
  return openHttpPort({ listen, answer, ...limits, clock: systemClock, log });
}

Deno.test("a server that stops delivers what is under way, if it comes in time", async () => {
  for (const delivered of [true, false]) {
    const entered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const server = await open(async () => {
      entered.resolve();
      await gate.promise;
      return new Response("late");
    });
    const answer = fetch(`http://127.0.0.1:${server.address.port}`).then(
      (response) => response.text(),
      () => "cut off",
    );
    await entered.promise;
    const stopped = server.close(delivered ? 5000 : 50);
    if (delivered) gate.resolve();
    assert.equal(await stopped, delivered);
    gate.resolve();
    assert.equal(await answer, delivered ? "late" : "cut off");
    await assert.rejects(fetch(`http://127.0.0.1:${server.address.port}`), TypeError);
  }
});

Deno.test("while it stops it still answers, for its handler to say why not", async () => {
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const server = await open(async (request) => {
    if (request.url.endsWith("/new")) return new Response("leaving", { status: 503 });
    entered.resolve();
    await gate.promise;
    return new Response("done");
  });
  const base = `http://127.0.0.1:${server.address.port}`;
  const first = fetch(`${base}/first`);
  await entered.promise;
  const stopped = server.close(5000);
  assert.equal(await (await fetch(`${base}/new`)).text(), "leaving");
  gate.resolve();
  assert.equal(await (await first).text(), "done");
  assert.equal(await stopped, true);
});

Deno.test("a port that is taken is said at once", async () => {
  const server = await open(() => Promise.resolve(new Response()));
  await assert.rejects(
    open(() => Promise.resolve(new Response()), server.address),
    (error: unknown) => isSmarteyeError(error, "already_in_use"),
  );
  await server.close(0);
});
