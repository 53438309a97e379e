/** Frames that are sent once more, at real sockets and in virtual time. */

import assert from "node:assert/strict";
import net from "node:net";
import { type Clock, systemClock } from "../../core/clock.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { close, INFER_ANSWER, rawAnswer, RawServer } from "../../tests/fakes/forwarder_server.ts";
import { type Asked, type Exchange, ExchangeError, type Transport } from "./http_exchange.ts";
import { OffloadClient, OffloadError, type OffloadRequest } from "./offload_client.ts";

const request = (said: Partial<OffloadRequest> = {}): OffloadRequest => ({
  jpeg: new Uint8Array(20_000),
  model: "accurate",
  service: "detection",
  frame: 7,
  deadlineMs: 2000,
  ...said,
});

const SPENT = { bytesUp: 100, bytesDown: 10 };

/** An answer in virtual time. */
const answer = (said: Partial<Exchange> = {}): Exchange => ({
  status: 200,
  body: new TextEncoder().encode(JSON.stringify(INFER_ANSWER)),
  traffic: SPENT,
  sentAtMs: 0,
  bytesSent: 100,
  ...said,
});

const busy = (retryAfterMs?: number) =>
  answer({ status: 503, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });

const reset = () =>
  new ExchangeError("reset", { bytesUp: 100, bytesDown: 0 }, "broken", { isUnheard: true });

/** A client whose exchanges take 10 ms each and end as the test says. */
function scripted(...ends: (Exchange | ExchangeError)[]) {
  const clock = new FakeClock();
  const asked: { readonly asked: Asked; readonly atMs: number }[] = [];
  const transport: Transport = {
    async exchange(one) {
      asked.push({ asked: one, atMs: clock.nowMs() });
      await clock.sleep(10);
      const end = ends[Math.min(asked.length, ends.length) - 1]!;
      if (end instanceof ExchangeError) throw end;
      return end;
    },
    close() {},
  };
  return { clock, asked, client: new OffloadClient("http://cloud/x", 1, clock, transport) };
}

async function failure(offloading: Promise<unknown>): Promise<OffloadError> {
  const error = await offloading.then(() => undefined, (error) => error);
  assert.ok(error instanceof OffloadError, `it is ${error}`);
  return error;
}

Deno.test("a frame whose connection broke, or that may come again later, is sent once more", async () => {
  const cases: [first: Exchange | ExchangeError, afterMs: number, bytesUp: number][] = [
    [reset(), 10, 200],
    [busy(1000), 1010, 200],
    [answer({ status: 429, retryAfterMs: 0 }), 10, 200],
  ];
  for (const [first, afterMs, bytesUp] of cases) {
    const { clock, asked, client } = scripted(first, answer());
    const { traffic } = await clock.until(client.offload(request()));
    assert.equal(traffic.bytesUp, bytesUp, "both are counted");
    const [, again] = asked;
    assert.equal(again!.atMs, afterMs);
    assert.equal(again!.asked.deadlineMs, 2000 - afterMs, "the deadline is the frame's");
    assert.equal(again!.asked.url.searchParams.get("deadline_ms"), String(2000 - afterMs));
    assert.deepEqual(client.retries, { sent: 1, denied: 0 });
    assert.equal(clock.sleeping, 0);
  }
});

Deno.test("what another try does not help is sent once", async () => {
  const late = new ExchangeError("late", SPENT, "late");
  const halfway = new ExchangeError("reset", SPENT, "broken");
  const never = { mayRetry: () => false };
  const cases: [what: string, first: Exchange | ExchangeError, said?: Partial<OffloadRequest>][] = [
    ["no time is said", busy()],
    ["it is after the deadline", busy(2000)],
    ["there is no time for an answer then", busy(1985)],
    ["the deadline has passed", late],
    ["a part of the answer came", halfway],
    ["the deadline passed there", answer({ status: 504, retryAfterMs: 1 })],
    ["it is the frame that is wrong", answer({ status: 400, retryAfterMs: 1 })],
    ["it does not let us in", answer({ status: 401 })],
    ["the cloud was given up meanwhile", reset(), never],
  ];
  for (const [what, first, said] of cases) {
    const { clock, asked, client } = scripted(first, answer());
    await clock.until(failure(client.offload(request(said))));
    assert.deepEqual([asked.length, client.retries], [1, { sent: 0, denied: 0 }], what);
  }
});

Deno.test("it is not sent again when the cloud was given up while it waited, or the client closed", async () => {
  for (const how of ["given up", "closed"]) {
    const { clock, asked, client } = scripted(busy(1000), answer());
    let holds = true;
    const failing = failure(client.offload(request({ mayRetry: () => holds })));
    await clock.advance(500);
    if (how === "closed") client.close();
    else holds = false;
    assert.equal((await clock.until(failing)).message, "it answers 503", how);
    assert.equal(asked.length, 1, how);
  }
});

Deno.test("where all fail, few are sent once more; what was not is counted", async () => {
  const { clock, asked, client } = scripted(reset());
  for (let frame = 0; frame < 200; frame++) {
    const error = await clock.until(failure(client.offload(request({ frame }))));
    assert.ok(error.traffic.bytesUp <= 200);
  }
  const { sent, denied } = client.retries;
  assert.equal(asked.length, 200 + sent);
  assert.equal(sent + denied, 200);
  assert.ok(sent >= 40 && sent <= 45, `${sent} of 200`);
});

/** A server that resets connections instead of answering as often as told, then answers. */
async function resetting(resets: number, clock: Clock = systemClock) {
  const seen = { requests: 0, connections: 0 };
  const server = net.createServer((socket) => {
    seen.connections++;
    let length = 0;
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      length += bytes.length;
      if (length < 20_000) return;
      length = 0;
      seen.requests++;
      if (seen.requests <= resets) socket.resetAndDestroy();
      else socket.write(rawAnswer(INFER_ANSWER));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const client = new OffloadClient(`http://127.0.0.1:${port}/image_handler`, 1, clock);
  return {
    seen,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

Deno.test("a connection that is reset on the first frame costs bytes, and no frame", async () => {
  await using run = await resetting(1);
  const { traffic } = await run.client.offload(request());
  assert.deepEqual([run.seen, run.client.retries.sent], [{ requests: 2, connections: 2 }, 1]);
  assert.ok(traffic.bytesUp > 40_000, "both tries are counted");
  await using twice = await resetting(2);
  await failure(twice.client.offload(request()));
  assert.equal(twice.seen.requests, 2, "it is sent twice at most");
});

Deno.test("a kept connection that was closed as the frame came takes its try from the budget, too", async () => {
  await using server: RawServer = new RawServer(async (connection, _, nth) => {
    if (nth > 1) return close(connection);
    await server.send(connection, rawAnswer(INFER_ANSWER));
  });
  const client = new OffloadClient(server.url, 1);
  let failed = 0;
  for (let frame = 1; frame <= 30; frame++) {
    await client.offload(request({ frame })).catch(() => failed++);
  }
  const { sent, denied } = client.retries;
  assert.ok(sent >= 5 && sent <= 12, `${sent} were sent once more`);
  assert.ok(denied > 0);
  assert.equal(failed, denied, "the others were not");
  client.close();
});
