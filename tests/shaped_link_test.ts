/** The shaped link over real sockets, and by the machine's own clock. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { systemClock } from "../core/clock.ts";
import { within } from "../core/within.ts";
import { ShapedLink, type ShapedLinkOptions } from "../lab/network/shaped_link.ts";
import { close } from "./fakes/forwarder_server.ts";
import { sanitized } from "./fakes/forwarder_world.ts";
import { refused } from "./fakes/refused.ts";

const FAST = { bytesPerSec: 12_500_000, delayMs: 5 };

/** A server's socket and a link to it. */
interface World {
  readonly link: ShapedLink;
  /** Connects over the link. */
  connect(): Promise<Deno.TcpConn>;
  /** Takes a connection at the server. */
  accept(): Promise<Deno.TcpConn>;
  /** Both. */
  pair(): Promise<readonly [client: Deno.TcpConn, server: Deno.TcpConn]>;
}

async function world(
  options: Partial<ShapedLinkOptions>,
  test: (world: World) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = `127.0.0.1:${listener.addr.port}`;
  const shape = { up: FAST, down: FAST };
  const link = await ShapedLink.open({ target, ...shape, clock: systemClock, ...options });
  const { host: hostname, port } = link.address;
  const opened: Deno.TcpConn[] = [];
  const open = (connection: Deno.TcpConn) => (opened.push(connection), connection);
  const connect = async () => open(await Deno.connect({ hostname, port }));
  const accept = async () => open(await listener.accept());
  try {
    await test({
      link,
      connect,
      accept,
      async pair() {
        const client = await connect();
        const server = await accept();
        await systemClock.sleep(2); // until the relay has seen it too
        return [client, server];
      },
    });
  } finally {
    opened.forEach(close);
    listener.close();
    await link.close();
  }
}

/** Writes all of it. */
async function write(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** A server whose end of the connection can be reset. */
class ResettableServer {
  readonly #server = createServer({ pauseOnConnect: true });
  /** The one connection. */
  readonly accepted = once(this.#server, "connection").then(([socket]) => socket as Socket);

  /** Where it listens. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    (await this.accepted).destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Waits until so many connections are left. */
async function gone(link: ShapedLink, left: number): Promise<void> {
  for (let turn = 0; link.connections > left && turn < 100; turn++) await systemClock.sleep(5);
  assert.equal(link.connections, left, "nothing is kept of one that has ended");
}

/** Reads so many bytes, or to the end. */
async function read(connection: Deno.Conn, length = Infinity): Promise<Uint8Array> {
  const chunks: number[] = [];
  const chunk = new Uint8Array(65_536);
  while (chunks.length < length) {
    const count = await connection.read(chunk);
    if (count === null) break;
    chunks.push(...chunk.subarray(0, count));
  }
  return Uint8Array.from(chunks);
}

/** Bytes of which each is another than its neighbours. */
const bytes = (length: number) => Uint8Array.from({ length }, (_, at) => at * 7 + (at >> 8));

const isQuiet = async (reading: Promise<unknown>, ms: number) =>
  !await within(ms, reading, systemClock);

Deno.test("an upload takes the time that its rate says, alone or not", sanitized, async () => {
  const up = { bytesPerSec: 250_000, delayMs: 5 };
  for (const senders of [1, 4]) {
    await world({ up }, async ({ link, pair }) => {
      const sent = bytes(200_000 / senders);
      const pairs: (readonly [Deno.Conn, Deno.Conn])[] = [];
      while (pairs.length < senders) pairs.push(await pair());
      const startMs = performance.now();
      await Promise.all(pairs.map(async ([client, server]) => {
        const writing = write(client, sent).then(() => client.closeWrite());
        const received = await read(server);
        await writing;
        assert.deepEqual(received, sent);
      }));
      const tookMs = performance.now() - startMs;
      assert.ok(Math.abs(tookMs - 805) < 805 * 0.05, `${senders} senders: ${tookMs} ms`);
      assert.deepEqual(link.account(), { up: 200_000, down: 0 });
    });
  }
});

Deno.test("a byte goes there and back in the two delays", sanitized, async () => {
  const slow = { bytesPerSec: 2_500_000, delayMs: 50 };
  await world({ up: slow, down: slow }, async ({ pair }) => {
    const [client, server] = await pair();
    const tripsMs: number[] = [];
    for (let trip = 0; trip < 4; trip++) {
      const startMs = performance.now();
      await write(client, bytes(1));
      await write(server, await read(server, 1));
      await read(client, 1);
      tripsMs.push(performance.now() - startMs);
    }
    const [best] = tripsMs.toSorted((a, b) => a - b);
    assert.ok(best! >= 100 && best! < 110, `${tripsMs} ms`);
  });
});

Deno.test("a cut link is silent both ways, and goes on when it is mended", sanitized, async () => {
  await world({}, async ({ link, pair, connect, accept }) => {
    const [client, server] = await pair();
    link.cut();
    await write(client, bytes(1000));
    await write(server, bytes(500));
    await connect();
    const reading = Promise.all([read(server, 1000), read(client, 500)]);
    const accepting = accept();
    assert.ok(await isQuiet(Promise.race([reading, accepting]), 150));
    assert.equal(link.connections, 2);
    link.mend();
    assert.deepEqual((await reading).map(({ length }) => length), [1000, 500]);
    await accepting;

    link.cut(["down"]);
    await write(client, bytes(10));
    await write(server, bytes(20));
    assert.equal((await read(server, 10)).length, 10);
    const answer = read(client, 20);
    assert.ok(await isQuiet(answer, 100));
    link.mend(["down"]);
    assert.equal((await answer).length, 20);
  });
});

Deno.test("it is reshaped under a transfer", sanitized, async () => {
  await world({ up: { bytesPerSec: 10_000, delayMs: 0 } }, async ({ link, pair }) => {
    const [client, server] = await pair();
    const sent = bytes(250_000);
    await write(client, sent);
    const reading = read(server, sent.length);
    assert.ok(await isQuiet(reading, 100));
    const startMs = performance.now();
    link.reshape({ up: { bytesPerSec: 500_000 } });
    await reading;
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs > 450 && tookMs < 550, `${tookMs} ms`);
  });
});

Deno.test("each direction ends by itself", sanitized, async () => {
  await world({}, async ({ link, pair }) => {
    const [client, server] = await pair();
    await write(client, bytes(100));
    await client.closeWrite();
    assert.equal((await read(server)).length, 100, "and then its end");
    await write(server, bytes(300_000));
    await server.closeWrite();
    assert.deepEqual(await read(client), bytes(300_000));
    await gone(link, 0);
  });
});

Deno.test("a reset is seen at both ends, and no more is kept of it", sanitized, async () => {
  await world({}, async ({ link, pair }) => {
    const pairs = [await pair(), await pair()];
    const reads = pairs.flat().map((end) => end.read(new Uint8Array(1)));
    link.reset();
    for (const reading of reads) await assert.rejects(reading, Deno.errors.ConnectionReset);
    await gone(link, 0);
    const [client, server] = await pair();
    await write(client, bytes(5));
    assert.equal((await read(server, 5)).length, 5, "a new connection is carried");
  });
});

Deno.test("a reset at one end travels to the other", sanitized, async () => {
  const far = { ...FAST, delayMs: 60 };
  for (const resetting of ["client", "server"] as const) {
    const target = new ResettableServer();
    const options = { up: far, down: far, target: await target.listen() };
    await world(options, async ({ link }) => {
      const client = createConnection(link.address);
      const server = await target.accepted;
      const [from, to] = resetting === "client" ? [client, server] : [server, client];
      to.resume();
      const startMs = performance.now();
      from.resetAndDestroy();
      const [error] = await once(to, "error").catch((thrown) => [thrown]);
      assert.equal(error.code, "ECONNRESET");
      assert.ok(performance.now() - startMs > 55, "it takes its way");
    });
    await target.close();
  }
});

Deno.test("what a target does not read is not carried", sanitized, async () => {
  const fast = { bytesPerSec: 250_000_000, delayMs: 5 };
  await world({ up: fast }, async ({ link, pair }) => {
    const [client, server] = await pair();
    const sent = bytes(40_000_000); // more than all buffers hold
    const writing = write(client, sent).then(() => client.closeWrite());
    await systemClock.sleep(400);
    const { up } = link.account();
    await systemClock.sleep(100);
    assert.equal(link.account().up, up);
    assert.ok(up > 0 && up < 39_000_000, `${up} bytes`);
    let received = 0;
    const chunk = new Uint8Array(1_000_000);
    for (let count; (count = await server.read(chunk)) !== null;) received += count;
    assert.equal(received, sent.length);
    await writing;
  });
});

Deno.test("a target that refuses shows as a reset", sanitized, async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  await world({ target, down: { ...FAST, delayMs: 60 } }, async ({ connect }) => {
    const startMs = performance.now();
    const client = await connect();
    await write(client, bytes(1000));
    await assert.rejects(client.read(new Uint8Array(1)), Deno.errors.ConnectionReset);
    assert.ok(performance.now() - startMs > 60, "it takes its way");
  });
});

Deno.test("connections beyond the limit are reset", sanitized, async () => {
  await world({ connectionsMax: 2 }, async ({ link, pair, connect }) => {
    const [first] = await pair();
    const [client, server] = await pair();
    const third = async () => (await connect()).read(new Uint8Array(1));
    await assert.rejects(third, Deno.errors.ConnectionReset);
    await write(client, bytes(5));
    assert.equal((await read(server, 5)).length, 5, "the others stay");
    first.close();
    server.close();
    client.close();
    await gone(link, 1);
    const [again] = await pair();
    await write(again, bytes(5));
  });
});

Deno.test("when it is closed, all that is under way ends", sanitized, async () => {
  const slow = { bytesPerSec: 10_000, delayMs: 500 };
  await world({ up: slow }, async ({ link, pair }) => {
    const [client, server] = await pair();
    const [other] = await pair();
    await write(client, bytes(500_000));
    await write(server, bytes(10));
    await read(client, 10);
    link.cut();
    await other.closeWrite();
    await link.close();
    for (const end of [client, server, other]) {
      await assert.rejects(read(end), Deno.errors.ConnectionReset);
    }
    assert.equal(link.connections, 0);
  });
});

Deno.test("a link that cannot be is refused", async () => {
  const options = { target: "127.0.0.1:9", up: FAST, down: FAST, clock: systemClock };
  for (const target of ["127.0.0.1", "127.0.0.1:", ":80", "a:0", "a:65536", "::1:80", "[::1:80"]) {
    await assert.rejects(
      ShapedLink.open({ ...options, target }),
      new RangeError(`Cannot open a link to "${target}": host:port is wanted`),
    );
  }
  await assert.rejects(
    ShapedLink.open({ ...options, up: { bytesPerSec: 0, delayMs: 0 } }),
    /0 byt/,
  );
  await using link = await ShapedLink.open({ ...options, target: "[::1]:9" });
  const taken = ShapedLink.open({ ...options, listen: link.address });
  assert.match(await refused(taken, "already_in_use"), /the port is in use/);
});
