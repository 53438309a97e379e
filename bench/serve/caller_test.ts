/** Calls over HTTP/2, against a server that answers as gRPC's do. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { Caller } from "./caller.ts";

const GRPC = { ":status": 200, "content-type": "application/grpc" };

const METHODS: Readonly<Record<string, (stream: ServerHttp2Stream, request: Buffer) => void>> = {
  "/test/Echo": (stream, request) => {
    stream.respond(GRPC, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(request);
  },
  "/test/Refuse": (stream) =>
    stream.respond({ ...GRPC, "grpc-status": "8", "grpc-message": "full" }, { endStream: true }),
  "/test/Fail": (stream) =>
    stream.respond({ ...GRPC, "grpc-status": "13", "grpc-message": "broken" }, { endStream: true }),
  "/test/Hang": () => {},
  "/test/Leave": (stream) => stream.session?.destroy(),
};

async function withCaller(
  method: string,
  act: (caller: Caller) => Promise<void>,
  deadlineMs = 5000,
): Promise<void> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => {});
  });
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    const parts: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => METHODS[String(headers[":path"])]!(stream, Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const address = `127.0.0.1:${port}`;
  const caller = await Caller.open(
    { address, connections: 2, method, deadlineMs },
    new Uint8Array(40_000),
  );
  try {
    await act(caller);
  } finally {
    caller.close();
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

Deno.test("an answer is counted with its bytes, over every connection", () =>
  withCaller("/test/Echo", async (caller) => {
    const dueAtMs = performance.now() - 3;
    await Promise.all(Array.from({ length: 20 }, () => caller.call(dueAtMs)));
    assert.equal(caller.calls.length, 20);
    for (const call of caller.calls) {
      assert.equal(call.status, "OK");
      assert.equal(call.bytes, 40_000);
      assert.ok(call.dueAtMs === dueAtMs && call.sentAtMs > dueAtMs);
      assert.ok(call.endedAtMs > call.sentAtMs);
    }
  }));

Deno.test("a refusal has its status", () =>
  withCaller("/test/Refuse", async (caller) => {
    const { status, bytes } = await caller.call(performance.now());
    assert.deepEqual([status, bytes], ["RESOURCE_EXHAUSTED", 0]);
  }));

Deno.test("what is not answered ends at its deadline, which counts from when it was due", () =>
  withCaller("/test/Hang", async (caller) => {
    const beganAtMs = performance.now();
    const calls = await Promise.all([caller.call(beganAtMs - 250), caller.call(beganAtMs)]);
    assert.deepEqual(calls.map(({ status }) => status), ["DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"]);
    const took = calls.map(({ endedAtMs }) => endedAtMs - beganAtMs);
    assert.ok(took[0]! < 290 && took[1]! >= 299, took.join(", "));
  }, 300));

Deno.test("a server that goes is no refusal", () =>
  withCaller("/test/Leave", async (caller) => {
    assert.equal((await caller.call(performance.now())).status, "NO_STATUS");
    await caller.call(performance.now()); // over the other connection
    assert.equal((await caller.call(performance.now())).status, "NO_STATUS");
  }));

Deno.test("a hundred errors are borne, and then measuring ends with what the server says", () =>
  withCaller("/test/Fail", async (caller) => {
    for (let i = 0; i < 100; i++) await caller.call(performance.now());
    await assert.rejects(caller.call(performance.now()), /INTERNAL \(broken\)/);
  }));
