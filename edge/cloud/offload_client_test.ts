/** The client against real sockets of this machine. */

import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../core/clock.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import {
  close,
  FakeForwarder,
  IDLE_LOAD,
  INFER_ANSWER,
  type RawAnswer,
  rawAnswer,
  RawServer,
} from "../../tests/fakes/forwarder_server.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { OffloadClient, OffloadError, type OffloadRequest } from "./offload_client.ts";

const JPEG = new Uint8Array(20_000).fill(0x2a);

const request = (said: Partial<OffloadRequest> = {}): OffloadRequest => ({
  jpeg: JPEG,
  model: "accurate",
  service: "detection",
  frame: 7,
  deadlineMs: 2000,
  ...said,
});

/** A client that is closed after the test. */
function openClient(
  url: string,
  connectionsMax = 2,
  clock: Clock = systemClock,
): OffloadClient & Disposable {
  const client = new OffloadClient(url, connectionsMax, clock);
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

/** Why an offload failed. */
async function failure(offloading: Promise<unknown>): Promise<OffloadError> {
  try {
    await offloading;
  } catch (error) {
    assert.ok(error instanceof OffloadError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: "it was answered" });
}

Deno.test("a frame goes as its encoded self, the rest in the query", async () => {
  const seen: unknown[] = [];
  await using forwarder = new FakeForwarder(async (got) => {
    const { pathname, searchParams } = new URL(got.url);
    const body = await got.bytes();
    seen.push([got.method, pathname, Object.fromEntries(searchParams)]);
    seen.push([got.headers.get("content-type"), body.length, body[0]]);
    await systemClock.sleep(25); // as long as the answer says, and more
    return Response.json(INFER_ANSWER);
  });
  using client = openClient(forwarder.url);
  const offloaded = await client.offload(request({ deadlineMs: 1999.5 }));
  assert.deepEqual(seen, [
    ["POST", "/image_handler", {
      model: "accurate",
      service: "detection",
      deadline_ms: "2000",
      frame: "7",
    }],
    ["image/jpeg", JPEG.length, 0x2a],
  ]);
  const { traffic: _, timingsMs: { queue, infer }, ...answer } = offloaded;
  assert.deepEqual(answer, {
    findings: { detections: INFER_ANSWER.detections },
    model: "accurate",
    width: 320,
    height: 180,
    server: "s1",
  });
  assert.deepEqual([queue, infer], [2, 16]);
});

Deno.test("of a forwarder that tells less, the server's time is certain, no more", async () => {
  const { timings_ms } = INFER_ANSWER; // 18 ms, 2 of them in the queue
  const slow = { ...INFER_ANSWER, timings_ms, process_time: 1e9 };
  const stages_ms = { receive: 500, queue: 2, infer: 16, answer: 0 };
  const load = { ...IDLE_LOAD, queue_length: 3 };
  const cases: [answer: object, infer: number, queueLength: number | undefined][] = [
    [slow, 16, undefined],
    [{ ...slow, process_time: 0.018, stages_ms, load }, 16, 3],
  ];
  for (const [answer, inferMs, queueLength] of cases) {
    await using forwarder = new FakeForwarder(async (got) => {
      await got.bytes();
      await systemClock.sleep(40);
      return Response.json(answer);
    });
    using client = openClient(forwarder.url);
    const { timingsMs, load } = await client.offload(request());
    const { network, queue, infer, answer: answering, total } = timingsMs;
    assert.equal(infer, inferMs);
    assert.equal(load?.queueLength, queueLength);
    assert.ok(network > 20 && network < total, `${network} of ${total} ms`);
    assert.ok(Math.abs(network + queue + infer + answering - total) < 1e-6);
    assert.equal(client.uplinkBytesPerSec, undefined);
  }
});

Deno.test("no time is negative, whatever a forwarder says", async () => {
  const stages_ms = { receive: 0, queue: 2, infer: 16, answer: 0 };
  await using forwarder = new FakeForwarder(async (got) => {
    await got.bytes();
    return Response.json({ ...INFER_ANSWER, process_time: -5, stages_ms });
  });
  using client = openClient(forwarder.url);
  const { network, total, ...stages } = (await client.offload(request())).timingsMs;
  assert.equal(network, total);
  assert.deepEqual(stages, { queue: 0, infer: 0, answer: 0 });
});

Deno.test("the bytes that are counted are the bytes on the wire, exchange by exchange", async () => {
  await using server: RawServer = new RawServer((connection) =>
    server.send(connection, rawAnswer(INFER_ANSWER))
  );
  using client = openClient(server.url, 1);
  let before = { ...server.bytes };
  for (const size of [20_000, 1, 300_000]) {
    const { traffic } = await client.offload(request({ jpeg: new Uint8Array(size) }));
    assert.deepEqual(
      traffic,
      { bytesUp: server.bytes.in - before.in, bytesDown: server.bytes.out - before.out },
      `${size} bytes of JPEG`,
    );
    assert.ok(traffic.bytesUp > size && traffic.bytesUp < size + 500, "headers and body");
    before = { ...server.bytes };
  }
});

Deno.test("connections are kept, and no more are opened than allowed", async () => {
  await using forwarder = new FakeForwarder(async (got) => {
    await got.bytes();
    return Response.json(INFER_ANSWER);
  });
  using client = openClient(forwarder.url, 2);
  for (let frame = 1; frame <= 4; frame++) await client.offload(request({ frame }));
  assert.equal(forwarder.connections.size, 1, "one after the other on one connection");
  await Promise.all(Array.from({ length: 8 }, (_, frame) => client.offload(request({ frame }))));
  assert.ok(forwarder.connections.size <= 2, `${forwarder.connections.size} connections`);
});

Deno.test("an answer that is none says so, and what it cost", async () => {
  const cases: [what: string, answer: () => Response, message: RegExp, kind?: string][] = [
    [
      "refused with a reason",
      () => Response.json({ error: "overloaded", detail: "10 wait" }, { status: 503 }),
      /^it answers 503: 10 wait$/,
    ],
    [
      "too late there",
      () => Response.json({ error: "deadline_exceeded", detail: "late" }, { status: 504 }),
      /^it answers 504: late$/,
      "late",
    ],
    ["refused without", () => new Response("gone", { status: 410 }), /^it answers 410$/],
    ["another JSON", () => Response.json({ hello: 1 }), /^its answer is not one of a forwarder$/],
    ["a web page", () => new Response("<html></html>"), /^its answer is not one of a forwarder$/],
    ["nothing", () => new Response(), /^its answer is not one of a forwarder$/],
    [
      "both kinds of findings",
      () => Response.json({ ...INFER_ANSWER, classifications: [] }),
      /^its answer is not one of a forwarder$/,
    ],
    [
      "more than is read",
      () => new Response(new Uint8Array(17 * 1024 * 1024)),
      /^its answer is too large$/,
      "broken",
    ],
  ];
  for (const [what, answer, message, kind = "refused"] of cases) {
    await using forwarder = new FakeForwarder(async (got) => {
      await got.bytes();
      return answer();
    });
    using client = openClient(forwarder.url);
    const error = await failure(client.offload(request()));
    assert.match(error.message, message, what);
    assert.equal(error.kind, kind, what);
    assert.ok(error.traffic.bytesUp > JPEG.length, what);
    assert.ok(error.traffic.bytesDown > 50, what);
  }
});

Deno.test("an answer that does not come, or stops halfway, is not waited for", async () => {
  for (const sent of ["", rawAnswer(INFER_ANSWER).slice(0, -20)]) {
    await using server: RawServer = new RawServer((connection) => server.send(connection, sent));
    using client = openClient(server.url);
    const error = await failure(client.offload(request({ deadlineMs: 60 })));
    assert.deepEqual([error.message, error.kind], ["no answer within 60 ms", "late"]);
    assert.deepEqual(error.traffic, { bytesUp: server.bytes.in, bytesDown: sent.length });
  }
});

Deno.test("deadlines go by the clock, and leave no timer behind", async () => {
  const clock = new FakeClock();
  const arrived = Promise.withResolvers<void>();
  await using silent: RawServer = new RawServer(() => Promise.resolve(arrived.resolve()));
  using client = openClient(silent.url, 1, clock);
  const failing = failure(client.offload(request({ deadlineMs: 3_600_000 })));
  await arrived.promise;
  assert.equal(clock.sleeping, 1);
  await clock.advance(3_600_000);
  assert.equal((await failing).message, "no answer within 3600000 ms");

  await using server: RawServer = new RawServer((connection) =>
    server.send(connection, rawAnswer(INFER_ANSWER))
  );
  using answered = openClient(server.url, 1, clock);
  for (let frame = 1; frame <= 3; frame++) {
    await answered.offload(request({ deadlineMs: 1000 }));
    assert.equal(clock.sleeping, 0);
    await clock.advance(5000); // long after the deadline the connection still serves
  }
  assert.equal(server.accepted, 1);
});

Deno.test("a connection that breaks off fails at once", async () => {
  const whole = rawAnswer(INFER_ANSWER);
  for (const sent of ["", whole.slice(0, 10), whole.slice(0, -20)]) {
    await using server: RawServer = new RawServer(async (connection) => {
      await server.send(connection, sent);
      close(connection);
    });
    using client = openClient(server.url);
    const startAtMs = performance.now();
    const error = await failure(client.offload(request({ deadlineMs: 5000 })));
    assert.ok(performance.now() - startAtMs < 1000, `after ${sent.length} bytes: ${error.message}`);
    assert.notEqual(error.message, "");
    assert.equal(error.kind, "broken");
  }
});

Deno.test("where nobody listens nothing is sent", async () => {
  const { url } = await (async () => {
    await using server = new RawServer(() => Promise.resolve());
    return server;
  })();
  using client = openClient(url);
  const error = await failure(client.offload(request()));
  assert.match(error.message, /refused/i);
  assert.equal(error.kind, "broken");
  assert.deepEqual(error.traffic, { bytesUp: 0, bytesDown: 0 });
});

Deno.test("a kept connection that the server has closed meanwhile costs no frame", async () => {
  const closing: [when: string, server: (server: () => RawServer) => RawAnswer][] = [
    ["after its answer", (server) => async (connection) => {
      await server().send(connection, rawAnswer(INFER_ANSWER));
      close(connection);
    }],
    ["as the next frame comes", (server) => async (connection, _, nth) => {
      if (nth > 1) return close(connection);
      await server().send(connection, rawAnswer(INFER_ANSWER));
    }],
  ];
  for (const [when, answer] of closing) {
    await using server: RawServer = new RawServer(answer(() => server));
    using client = openClient(server.url, 1);
    const counted = { in: 0, out: 0 };
    for (let frame = 1; frame <= 3; frame++) {
      const { traffic } = await client.offload(request({ frame }));
      counted.in += traffic.bytesUp;
      counted.out += traffic.bytesDown;
    }
    assert.equal(server.accepted, 3, when);
    assert.deepEqual(counted, server.bytes, `${when}: what was sent twice is counted twice`);
  }
});

Deno.test("a server that hangs up on every frame gets each twice at most", async () => {
  await using server: RawServer = new RawServer(async (connection) => {
    if (server.requests > 1) return close(connection);
    await server.send(connection, rawAnswer(INFER_ANSWER));
  });
  using client = openClient(server.url, 1);
  await client.offload(request());
  await failure(client.offload(request()));
  assert.equal(server.requests, 3);
});

Deno.test("the forwarder's own state is asked for beside its handler", async () => {
  await using forwarder = new FakeForwarder((got) =>
    new URL(got.url).pathname === "/v1/servers"
      ? Response.json({ servers: [] })
      : new Response("no", { status: 404 })
  );
  using client = openClient(forwarder.url);
  assert.deepEqual(await client.servers(1000), { servers: [] });
  using elsewhere = openClient(forwarder.url.replace("image_handler", "x/image_handler"));
  const message = await refused(elsewhere.servers(1000), "unavailable");
  assert.match(message, /^Cannot ask http:\/\/127\.0\.0\.1:\d+\/x\/v1\/servers: it answers 404$/);
});

Deno.test("the state is told also while every connection for frames is busy", async () => {
  await using server: RawServer = new RawServer((connection, got) =>
    new TextDecoder().decode(got).startsWith("POST")
      ? Promise.resolve() // the cloud is at it
      : server.send(connection, rawAnswer({ servers: [] }))
  );
  const client = openClient(server.url, 1);
  const offloading = failure(client.offload(request({ deadlineMs: 60_000 })));
  try {
    assert.deepEqual(await client.servers(1000), { servers: [] });
  } finally {
    client.close();
  }
  await offloading; // a client that is closed waits for nobody
});

Deno.test("a forwarder that takes no frames at that path is told from all others", async () => {
  const noSuchPath = { error: "not_found", detail: "Cannot find /x: there is no such path" };
  const answers: [status: number, body: unknown, isWrong: boolean][] = [
    [404, noSuchPath, true],
    [405, { error: "invalid_argument", detail: "POST is wanted" }, false],
    [404, "<h1>nothing for GET here</h1>", false],
    [503, { error: "unavailable", detail: "draining" }, false],
  ];
  for (const [status, body, isWrong] of answers) {
    await using forwarder = new FakeForwarder(() => Response.json(body, { status }));
    const client = new OffloadClient(forwarder.url.replace("image_handler", "x"), 1);
    if (isWrong) {
      assert.match(
        await refused(client.assertPath(1000), "invalid_argument"),
        /^Cannot offload to "http:.*\/x": the forwarder has no such path, "http:.*\/image_handler"/,
      );
    } else await client.assertPath(1000);
    client.close();
  }
  const nobody = new OffloadClient("http://127.0.0.1:9/x", 1);
  await nobody.assertPath(1000);
  nobody.close();
});

Deno.test("a password in the URL is kept to oneself", async () => {
  await using forwarder = new FakeForwarder(() => new Response("no", { status: 404 }));
  using client = openClient(forwarder.url.replace("127.", "me:secret@127."));
  assert.match(client.description, /^http:\/\/me:\*\*\*@127\./);
  const message = await refused(client.servers(1000), "unavailable");
  assert.ok(!message.includes("secret"), message);
});
