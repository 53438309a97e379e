/** Whose bytes are whose; that all of them are counted is held by `offload_client_test.ts`. */

import assert from "node:assert/strict";
import net from "node:net";
import { systemClock } from "../../core/clock.ts";
import { Wire } from "./wire.ts";

/** A connection that stands, to a server that sends as many bytes as it is told; closed by the test. */
async function connected() {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", ([bytes]) => socket.write(new Uint8Array(Number(bytes))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.on("data", () => {});
  return {
    socket,
    /** Sends so many bytes and has so many sent. */
    async exchange(up: number, down: number): Promise<void> {
      const before = socket.bytesRead;
      socket.write(new Uint8Array(up).fill(down, 0, 1));
      while (socket.bytesRead < before + down) await systemClock.sleep(1);
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

Deno.test("a connection that stood already when a request got it is counted from the beginning", async () => {
  await using connection = await connected();
  const wire = new Wire(systemClock);
  wire.take(connection.socket);
  assert.equal(wire.isUnheard, true);
  await connection.exchange(100, 30);
  assert.deepEqual(wire.traffic(), { bytesUp: 100, bytesDown: 30 });
  assert.deepEqual([wire.bytesSent, wire.isUnheard], [100, false]);
});

Deno.test("what comes between two exchanges is the later one's; nothing is counted twice", async () => {
  await using connection = await connected();
  const first = new Wire(systemClock);
  first.take(connection.socket);
  await connection.exchange(100, 30);
  first.end();
  await connection.exchange(1, 7);
  const second = new Wire(systemClock);
  second.take(connection.socket);
  await connection.exchange(50, 20);
  assert.deepEqual(second.traffic(), { bytesUp: 51, bytesDown: 27 });
  assert.equal(second.bytesSent, 50);
});
