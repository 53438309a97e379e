/** What the forwarder does with requests that are too large, too slow, too many or given up. */

import assert from "node:assert/strict";
import { status as Status } from "@grpc/grpc-js";
import { JPEG, OPTIONS, sanitized, world } from "./fakes/forwarder_world.ts";
import { InferAnswer, ServersAnswer } from "../proto/http_codec.ts";

Deno.test("a body of 100 MB is refused without being taken in", sanitized, async () => {
  await world(1, {}, async ({ post, refused, forwarder }) => {
    const { hostname, port } = new URL(forwarder.url);
    const head = "POST /image_handler?model=m HTTP/1.1\r\nhost: x\r\ncontent-type: image/jpeg\r\n";
    using claimed = await Deno.connect({ hostname, port: Number(port) });
    const answer = await say(claimed, `${head}content-length: 100000000\r\n\r\n`);
    assert.match(answer, /^HTTP\/1.1 413 .*connection: close/is);

    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
        if (sent >= 100_000_000) controller.close();
      },
    });
    await refused(await post("model=m", endless), 413, "payload_too_large");
    assert.ok(sent < 20_000_000, `${sent} bytes were taken`);
    assert.equal((await (await post()).json()).model, "m");
  });
});

Deno.test("a Host header that is none is no fault of the forwarder's", sanitized, async () => {
  await world(1, {}, async ({ forwarder }) => {
    const { hostname, port } = new URL(forwarder.url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const answer = await say(
      connection,
      "POST /image_handler?model=m HTTP/1.1\r\nhost: :::99999\r\n" +
        "content-type: image/jpeg\r\ncontent-length: 0\r\n\r\n",
    );
    assert.match(answer, /^HTTP\/1.1 400 .*"error":"invalid_argument"/is);
  });
});

Deno.test("a body that dribbles in is given up", sanitized, async () => {
  const limits = { ...OPTIONS.limits, bodyTimeoutMs: 150 };
  await world(1, { limits }, async ({ post, forwarder, refused }) => {
    const { hostname, port } = new URL(forwarder.url);
    for (
      const [query, status, code] of [
        ["model=m", 408, "request_timeout"],
        ["model=m&deadline_ms=60", 504, "deadline_exceeded"],
      ]
    ) {
      using connection = await Deno.connect({ hostname, port: Number(port) });
      const dribble = setInterval(() => connection.write(new Uint8Array(1)).catch(() => {}), 20);
      const answer = await say(
        connection,
        `POST /image_handler?${query} HTTP/1.1\r\nhost: x\r\n` +
          "content-type: image/jpeg\r\ncontent-length: 5000\r\n\r\n",
      );
      clearInterval(dribble);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} .*connection: close`, "is"));
      assert.match(answer, new RegExp(`"error":"${code}"`));
    }
    assert.equal((await (await post()).json()).model, "m");
    await refused(await post("model=m", "x"), 400, "invalid_argument");
  });
});

Deno.test("more requests than are allowed are shed", sanitized, async () => {
  const limits = { ...OPTIONS.limits, requestsMax: 2 };
  await world(1, { limits }, async ({ post, refused, servers: [server] }) => {
    const gate = Promise.withResolvers<"ok">();
    const entered = countdown(2);
    server!.script.infer = () => {
      entered.tick();
      return gate.promise;
    };
    const held = [post(), post()];
    await entered.done;
    assert.match(await refused(await post(), 503, "overloaded"), /2 others are under way/);
    gate.resolve("ok");
    for (const response of await Promise.all(held)) InferAnswer.parse(await response.json());
    assert.equal((await (await post()).json()).model, "m");
  });
});

Deno.test(
  "a request ends at its deadline, the client's or the forwarder's",
  sanitized,
  async () => {
    await world(1, { deadlineMs: 250 }, async ({ post, refused, servers: [server], base }) => {
      server!.script.infer = (_, cancelled) => untilAborted(cancelled);
      for (
        const [query, leastMs, mostMs] of [
          ["model=m&deadline_ms=60", 50, 200],
          ["model=m&deadline_ms=99999", 240, 1500],
          ["model=m", 240, 1500],
        ] as const
      ) {
        const startedAtMs = performance.now();
        await refused(await post(query), 504, "deadline_exceeded");
        const tookMs = performance.now() - startedAtMs;
        assert.ok(tookMs >= leastMs && tookMs < mostMs, `${query} took ${tookMs} ms`);
      }
      server!.script.infer = () => "ok";
      assert.equal((await (await post()).json()).model, "m");
      const { servers } = ServersAnswer.parse(await (await fetch(`${base}/v1/servers`)).json());
      assert.deepEqual([servers[0]!.state, servers[0]!.in_flight], ["ready", 0]);
    });
  },
);

Deno.test("a client that leaves cancels its call", sanitized, async () => {
  await world(1, {}, async ({ forwarder, post, servers: [server], base }) => {
    const entered = countdown(1);
    const cancelledCall = Promise.withResolvers<void>();
    server!.script.infer = async (_, cancelled) => {
      entered.tick();
      const ending = await untilAborted(cancelled);
      cancelledCall.resolve();
      return ending;
    };
    const leave = new AbortController();
    const left = fetch(`${forwarder.url}?model=m`, {
      method: "POST",
      body: JPEG,
      headers: { "content-type": "image/jpeg" },
      signal: leave.signal,
    }).then(() => "answered", () => "left");
    await entered.done;
    leave.abort();
    assert.equal(await left, "left");
    await cancelledCall.promise;
    server!.script.infer = () => "ok";
    assert.equal((await (await post()).json()).model, "m");
    const { servers } = ServersAnswer.parse(await (await fetch(`${base}/v1/servers`)).json());
    assert.deepEqual([servers[0]!.state, servers[0]!.in_flight], ["ready", 0]);
  });
});

/** Writes to a connection and reads what comes back until it has a whole JSON body. */
async function say(connection: Deno.Conn, text: string): Promise<string> {
  await connection.write(new TextEncoder().encode(text));
  let heard = "";
  for (const buffer = new Uint8Array(4096); !heard.endsWith("}");) {
    const read = await connection.read(buffer);
    if (read === null) break;
    heard += new TextDecoder().decode(buffer.subarray(0, read));
  }
  return heard;
}

function untilAborted(signal: AbortSignal) {
  return new Promise<{ code: Status; details: string }>((resolve) => {
    signal.addEventListener("abort", () => resolve({ code: Status.CANCELLED, details: "" }));
  });
}

function countdown(from: number): { tick: () => void; done: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = from;
  return {
    tick: () => {
      if (--left === 0) resolve();
    },
    done: promise,
  };
}
