/** Clients that mean no good, on real sockets: the server goes on serving others. */

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { status } from "@grpc/grpc-js";
import { systemClock } from "../../core/clock.ts";
import {
  FRAME,
  frame,
  headersOf,
  message,
  RawHttp2,
  statusOf,
} from "../../tests/fakes/raw_http2.ts";
import { Serving } from "../../tests/fakes/serving.ts";

const INFER = "/smarteye.v1.Inference/Infer";

/** RFC 9113, section 7. */
const CANCEL = 8, ENHANCE_YOUR_CALM = 11;

const END_STREAM = 1, END_HEADERS = 4;

/** What is between these is served. */
async function goesOn(serving: Serving): Promise<void> {
  assert.deepEqual(await serving.client().infer(), ["car"]);
}

/** The error code that a connection was ended with. */
async function goodbye(client: RawHttp2): Promise<number> {
  const { payload } = await client.next(FRAME.goaway) ?? assert.fail("no GOAWAY came");
  return new DataView(payload.buffer).getUint32(4);
}

/** The headers that a call ended with. */
async function ended(client: RawHttp2, stream: number): Promise<Uint8Array> {
  const isEnd = (one: { flags: number; stream: number }) =>
    one.stream === stream && (one.flags & END_STREAM) !== 0;
  const { payload } = await client.next(FRAME.headers, isEnd) ?? assert.fail("no end came");
  return payload;
}

Deno.test("two hundred connections at once are served, and those over the limit refused", async () => {
  await using serving = await Serving.open({ connectionsMax: 200 });
  const clients = Array.from({ length: 200 }, () => serving.client());
  const found = await Promise.all(clients.map((client) => client.infer()));
  assert.ok(found.every(([label]) => label === "car"));
  const more = RawHttp2.begun(serving.port);
  await more.closed;
  assert.deepEqual(more.frames, []);
  clients[0]!.close();
  for (let n = 0; await serving.client().status() !== 0; n++) assert.ok(n < 50, "no place is free");
});

Deno.test("who holds all connections and calls nothing does not lock others out", async () => {
  await using serving = await Serving.open({ connectionsMax: 5, patience: { spareMs: 200 } });
  const held = Array.from({ length: 5 }, () => RawHttp2.begun(serving.port));
  for (const client of held) await client.next(FRAME.settings);
  held[1]!.call(1, "/grpc.health.v1.Health/Watch");
  held[1]!.send(FRAME.data, END_STREAM, 1, message(new Uint8Array()));
  assert.ok(await held[1]!.next(FRAME.data));
  await systemClock.sleep(300);
  for (let n = 0; n < 4; n++) await goesOn(serving);
  for (const n of [0, 2, 3, 4]) await held[n]!.closed;
  held[1]!.send(FRAME.ping, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]);
  assert.ok(await held[1]!.next(FRAME.ping), "the one that has a call is left");
  held[1]!.close();
});

Deno.test("what is no HTTP/2, and who says nothing, is let go of", async () => {
  await using serving = await Serving.open({ patience: { beginMs: 300 } });
  const bytes = new Uint8Array(3000);
  crypto.getRandomValues(bytes);
  for (
    const sent of ["", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x02", bytes, "PRI * H"]
  ) {
    const client = RawHttp2.bare(serving.port);
    client.write(sent);
    await client.closed;
  }
  await goesOn(serving);
});

Deno.test("a connection without calls is closed after a time", async () => {
  await using serving = await Serving.open({ patience: { idleMs: 300 } });
  const client = RawHttp2.begun(serving.port);
  assert.equal(await goodbye(client), 0);
  await client.closed;
  await goesOn(serving);
});

Deno.test("a client that is gone without a word is noticed", async () => {
  await using serving = await Serving.open({ patience: { keepaliveMs: 200 } });
  const client = RawHttp2.begun(serving.port); // it answers no ping
  assert.ok(await client.next(FRAME.ping), "it is asked");
  await client.closed;
  await goesOn(serving);
});

Deno.test("headers without end are refused", async () => {
  await using serving = await Serving.open();
  const client = RawHttp2.begun(serving.port);
  const block = headersOf(INFER, { "x-long": "a".repeat(15_000) });
  client.send(FRAME.headers, 0, 1, block);
  const more = headersOf(INFER, { "x-long": "b".repeat(15_000) }).slice(100);
  for (let n = 0; n < 200; n++) client.send(9, 0, 1, more);
  await client.closed;
  await goesOn(serving);
});

Deno.test("headers that are too many, or too long, end their call", async () => {
  await using serving = await Serving.open();
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`x-${n}`, "v"]));
  for (const more of [many, { "x-long": "a".repeat(16_000), "x-longer": "b".repeat(300) }]) {
    const client = RawHttp2.begun(serving.port);
    await client.next(FRAME.settings);
    const block = headersOf(INFER, more);
    client.send(FRAME.headers, END_STREAM, 1, block.slice(0, 16_000));
    client.send(9, END_HEADERS, 1, block.slice(16_000));
    assert.equal((await client.next(FRAME.reset))?.payload[3], ENHANCE_YOUR_CALM);
    client.close();
  }
  await goesOn(serving);
});

Deno.test("what is no gRPC gets an HTTP status", async () => {
  await using serving = await Serving.open();
  const client = RawHttp2.begun(serving.port);
  client.call(1, INFER, { "content-type": "application/json" });
  assert.ok(await ended(client, 1));
  client.close();
  await goesOn(serving);
});

Deno.test("a flood of pings, settings or priorities ends its connection", async () => {
  await using serving = await Serving.open();
  const floods: [type: number, payload: number[], stream: number][] = [
    [FRAME.ping, [0, 0, 0, 0, 0, 0, 0, 0], 0],
    [FRAME.settings, [], 0],
    [FRAME.priority, [0, 0, 0, 0, 9], 7],
    [0xbe, [1, 2, 3], 0],
  ];
  for (const [type, payload, stream] of floods) {
    const client = RawHttp2.begun(serving.port);
    for (let n = 0; n < 2000; n++) client.send(type, 0, stream, payload);
    assert.equal(await goodbye(client), ENHANCE_YOUR_CALM, `frames of type ${type}`);
    await client.closed;
  }
  await goesOn(serving);
});

Deno.test("pings that keep a connection are answered", async () => {
  await using serving = await Serving.open();
  const client = RawHttp2.begun(serving.port);
  for (let n = 1; n <= 50; n++) {
    client.send(FRAME.ping, 0, 0, [0, 0, 0, 0, 0, 0, 0, n]);
    const answer = await client.next(FRAME.ping);
    assert.deepEqual([answer?.flags, answer?.payload[7]], [1, n]);
  }
  client.close();
});

Deno.test("calls that are reset as fast as they begin end their connection", async () => {
  await using serving = await Serving.open();
  const client = RawHttp2.begun(serving.port);
  for (let stream = 1; stream < 20_000; stream += 2) {
    client.call(stream, INFER);
    client.send(FRAME.reset, 0, stream, [0, 0, 0, CANCEL]);
  }
  await client.closed;
  await goesOn(serving);
});

Deno.test("a request that does not come, or half of it, ends by a deadline", async () => {
  await using serving = await Serving.open({ bodyTimeoutMs: 400 });
  const client = RawHttp2.begun(serving.port);
  client.call(1, INFER);
  client.call(3, INFER);
  client.send(FRAME.data, 0, 3, message(new Uint8Array(10), 1000));
  client.call(5, INFER);
  client.send(FRAME.data, 0, 5, message(new Uint8Array())); // whole, but not the last word
  for (const stream of [1, 3, 5]) {
    const block = await ended(client, stream);
    if (stream === 1) assert.equal(statusOf(block), status.DEADLINE_EXCEEDED);
    assert.ok(await client.next(FRAME.reset, (one) => one.stream === stream), "it is let go of");
  }
  client.close();
  await goesOn(serving);
});

Deno.test("what is compressed may not grow beyond the limit", async () => {
  await using serving = await Serving.open({ bodyBytesMax: 100_000 });
  const bomb = gzipSync(new Uint8Array(50_000_000));
  const client = RawHttp2.begun(serving.port);
  client.call(1, INFER, { "grpc-encoding": "gzip" });
  const sent = message(bomb, bomb.length, true);
  for (let at = 0; at < sent.length; at += 16_000) {
    client.send(FRAME.data, 0, 1, sent.slice(at, at + 16_000));
  }
  client.send(FRAME.data, END_STREAM, 1);
  assert.equal(statusOf(await ended(client, 1)), status.OUT_OF_RANGE);
  client.close();
  await goesOn(serving);
});

Deno.test("a client that does not take its answer is not waited for", async () => {
  await using serving = await Serving.open({ patience: { answerMs: 400 } });
  const client = RawHttp2.begun(serving.port, 0);
  client.call(1, "/smarteye.v1.Inference/ListModels");
  client.send(FRAME.data, END_STREAM, 1, message(new Uint8Array()));
  const reset = await client.next(FRAME.reset);
  assert.deepEqual([reset?.stream, reset?.payload[3]], [1, CANCEL]);
  client.close();
  await goesOn(serving);
});

Deno.test("of too much that arrives at once, what has been arriving for longest goes", async () => {
  await using serving = await Serving.open({ bodyBytesMax: 100_000, connectionsMax: 100 });
  const clients = Array.from({ length: 40 }, () => RawHttp2.begun(serving.port));
  for (const client of clients) {
    await client.next(FRAME.settings); // by which it may send that much ahead
    client.call(1, INFER);
    const sent = message(new Uint8Array(90_000), 100_000);
    for (let at = 0; at < sent.length; at += 16_000) {
      client.send(FRAME.data, 0, 1, sent.slice(at, at + 16_000));
    }
  }
  assert.equal(statusOf(await ended(clients[0]!, 1)), status.RESOURCE_EXHAUSTED);
  await goesOn(serving);
  for (const client of clients) client.close();
});

Deno.test("a message that is cut in frames of one byte is taken, and one that is cut off is not", async () => {
  await using serving = await Serving.open();
  const client = RawHttp2.begun(serving.port);
  client.call(1, "/smarteye.v1.Inference/ServerStatus");
  for (const byte of message(new Uint8Array())) client.send(FRAME.data, 0, 1, [byte]);
  client.write(frame(FRAME.data, END_STREAM, 1, []));
  assert.ok(await client.next(FRAME.data, (one) => one.stream === 1), "it is answered");
  client.call(3, INFER);
  client.send(FRAME.data, END_STREAM, 3, message(new Uint8Array(10), 1000));
  await ended(client, 3);
  client.close();
  await goesOn(serving);
  assert.equal(await serving.client().status(), status.OK);
});
