/** What the uplink is measured by; the rest of an exchange is held by `offload_client_test.ts`. */

import assert from "node:assert/strict";
import { systemClock } from "../../core/clock.ts";
import { close, INFER_ANSWER, rawAnswer, RawServer } from "../../tests/fakes/forwarder_server.ts";
import { HttpTransport } from "./http_exchange.ts";

const JPEG = new Uint8Array(20_000);

Deno.test("a frame is sent when it has a connection, not while it waits for one", async () => {
  await using server: RawServer = new RawServer(async (connection) => {
    await systemClock.sleep(40);
    await server.send(connection, rawAnswer(INFER_ANSWER));
  });
  const transport = new HttpTransport("http:", 1, systemClock);
  const asked = { url: new URL(server.url), jpeg: JPEG, deadlineMs: 5000 };
  const beganAtMs = systemClock.nowMs();
  const [first, second] = await Promise.all([1, 2].map(() => transport.exchange(asked)));
  assert.ok(first!.sentAtMs >= beganAtMs && first!.sentAtMs < beganAtMs + 40);
  assert.ok(second!.sentAtMs >= first!.sentAtMs + 39, "after the first one's answer");
  assert.ok(second!.sentAtMs < systemClock.nowMs() - 39, "before its own");
  transport.close();
});

Deno.test("what was sent in vain costs bytes, and is not what the answer is about", async () => {
  await using server: RawServer = new RawServer(async (connection, _, nth) => {
    if (nth > 1) return close(connection); // it goes once more, over a new one
    await server.send(connection, rawAnswer(INFER_ANSWER));
  });
  const transport = new HttpTransport("http:", 1, systemClock);
  const asked = { url: new URL(server.url), jpeg: JPEG, deadlineMs: 5000 };
  const first = await transport.exchange(asked);
  assert.equal(first.bytesSent, first.traffic.bytesUp);
  const again = await transport.exchange(asked);
  assert.deepEqual([again.bytesSent, again.traffic.bytesUp], [
    first.bytesSent,
    2 * first.bytesSent,
  ]);
  transport.close();
});

Deno.test("an answer that comes before the whole frame is sent keeps no connection busy", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      await connection.read(new Uint8Array(1000)); // and no more of it
      await connection.write(new TextEncoder().encode(rawAnswer({}, "503 Busy")));
    }
  })();
  const transport = new HttpTransport("http:", 1, systemClock);
  const url = new URL(`http://127.0.0.1:${listener.addr.port}/image_handler`);
  const jpeg = new Uint8Array(16_000_000); // more than a socket takes
  try {
    for (let frame = 1; frame <= 3; frame++) {
      const { status } = await transport.exchange({ url, jpeg, deadlineMs: 2000 });
      assert.deepEqual([status, connections.length], [503, frame]);
    }
  } finally {
    transport.close();
    connections.forEach(close);
    listener.close();
    await serving;
  }
});

Deno.test("the head of a request says who asks, and which trace it belongs to", async () => {
  const heads: string[] = [];
  await using server: RawServer = new RawServer(async (connection, request) => {
    heads.push(new TextDecoder().decode(request).split("\r\n\r\n")[0]!.toLowerCase());
    await server.send(connection, rawAnswer(INFER_ANSWER));
  });
  const { host } = new URL(server.url);
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const cases: [login: string, token: string | undefined, known: string | undefined][] = [
    ["", undefined, undefined],
    ["", "open-sesame", "bearer open-sesame"],
    ["ann:s%40d@", undefined, `basic ${btoa("ann:s@d").toLowerCase()}`],
    ["ann:s%40d@", "open-sesame", "bearer open-sesame"],
  ];
  for (const [login, token, known] of cases) {
    const transport = new HttpTransport("http:", 1, systemClock, { token });
    const url = new URL(server.url.replace("//", `//${login}`));
    await transport.exchange({ url, deadlineMs: 5000 });
    await transport.exchange({ url, jpeg: JPEG, deadlineMs: 5000 });
    await transport.exchange({ url, jpeg: JPEG, deadlineMs: 5000, traceparent });
    transport.close();
    const [question, frame, traced] = heads.splice(0).map((head) => head.split("\r\n").toSorted());
    const common = ["connection: keep-alive", `host: ${host}`];
    if (known !== undefined) common.push(`authorization: ${known}`);
    assert.deepEqual(question, [...common, "get /image_handler http/1.1"].toSorted());
    const posted = [...common, "content-type: image/jpeg", `content-length: ${JPEG.length}`];
    posted.push("post /image_handler http/1.1");
    assert.deepEqual(frame, posted.toSorted());
    assert.deepEqual(traced, [...posted, `traceparent: ${traceparent}`].toSorted());
  }
});
