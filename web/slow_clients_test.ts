/** Clients of the HTTP port that take their time: others have their place, and answers come whole. */

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { systemClock } from "../core/clock.ts";
import { logger } from "../core/log.ts";
import { openHttpPort } from "./http_port.ts";
import type { HttpPatience } from "./http_connections.ts";

/** More than sockets take by themselves. */
const BIG = 30_000_000;

const HEAD = "GET / HTTP/1.1\r\nHost: x\r\n";

async function opened(patience: Partial<HttpPatience>, answerMs = 0) {
  const port = await openHttpPort({
    ...{ listen: { host: "127.0.0.1", port: 0 }, tls: undefined, connectionsMax: 3 },
    answer: async () => {
      await systemClock.sleep(answerMs);
      return new Response(new Uint8Array(BIG), { headers: { "content-length": `${BIG}` } });
    },
    ...{ clock: systemClock, log: logger("inference"), patience },
  });
  const clients: Socket[] = [];
  return {
    port,
    client() {
      const socket = connect(port.address.port, "127.0.0.1").on("error", () => {});
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      clients.push(socket);
      return { socket, closed };
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await port.close(0);
    },
  };
}

/** Bytes that come until the end. */
async function bytesOf(socket: Socket, pauseMs: number): Promise<number> {
  let bytes = 0;
  for await (const piece of socket) {
    bytes += piece.length;
    await systemClock.sleep(pauseMs);
  }
  return bytes;
}

Deno.test("who asks nothing loses its place, also when a byte comes now and then", async () => {
  await using served = await opened({ headMs: 400 });
  const [silent, half, slow] = [served.client(), served.client(), served.client()];
  silent.socket.resume();
  half.socket.resume().write("GET / HT");
  slow.socket.resume().write(HEAD);
  const trickle = new AbortController();
  const trickling = (async () => {
    for (let n = 0; n < 100 && !trickle.signal.aborted; n++) {
      slow.socket.write("X: a\r\n");
      await systemClock.sleep(50, trickle.signal);
    }
  })();
  await Promise.all([silent.closed, half.closed, slow.closed]);
  assert.ok(!trickle.signal.aborted);
  trickle.abort();
  await trickling;
  const response = await fetch(`http://127.0.0.1:${served.port.address.port}/`);
  assert.equal((await response.bytes()).length, BIG);
});

Deno.test("who does not take its answer loses its place", async () => {
  await using served = await opened({ answerMs: 400 });
  const { socket, closed } = served.client();
  socket.pause().write(`${HEAD}\r\n`);
  await systemClock.sleep(1000);
  socket.resume();
  let bytes = 0;
  socket.on("data", (piece) => bytes += piece.length);
  await closed;
  assert.ok(bytes < BIG, `${bytes} bytes came`);
});

Deno.test("a request that takes its time to be answered keeps its place", async () => {
  await using served = await opened({ headMs: 300, answerMs: 2000 }, 1000);
  const { socket } = served.client();
  socket.write(`${HEAD}Connection: close\r\n\r\n`);
  assert.ok(await bytesOf(socket, 0) > BIG);
});

Deno.test("a port that closes ends no answer before it is taken", async () => {
  await using served = await opened({});
  const { socket } = served.client();
  socket.write(`${HEAD}\r\n`);
  await new Promise((resolve) => socket.once("readable", resolve));
  const closing = served.port.close(10_000);
  assert.ok(await bytesOf(socket, 2) > BIG);
  await closing;
});

Deno.test("who has been answered may be idle for longer, and has as long as others for its next head", async () => {
  await using served = await opened({ headMs: 300, idleMs: 2000 });
  const [idle, half] = [served.client(), served.client()];
  for (const { socket } of [idle, half]) {
    socket.write(`${HEAD}\r\n`);
    let bytes = 0;
    for await (const piece of socket.iterator({ destroyOnReturn: false })) {
      if ((bytes += piece.length) > BIG) break;
    }
    socket.resume();
  }
  const startedAtMs = systemClock.nowMs();
  half.socket.write("GET / HT");
  await half.closed;
  assert.ok(!idle.socket.destroyed, `${systemClock.nowMs() - startedAtMs} ms`);
  await idle.closed;
  assert.ok(systemClock.nowMs() - startedAtMs >= 1000);
});

Deno.test("room is made by ending who never asked, then who is idle", async () => {
  await using served = await opened({ headMs: 60_000 });
  const [first, second, third] = [served.client(), served.client(), served.client()];
  for (const { socket } of [first, second, third]) socket.resume();
  second.socket.write(`${HEAD}\r\n`);
  await new Promise((resolve) => second.socket.once("data", resolve));
  served.client().socket.resume().write(`${HEAD}\r\n`);
  await first.closed;
  served.client().socket.resume().write(`${HEAD}\r\n`);
  await third.closed;
  assert.ok(!second.socket.destroyed);
});
