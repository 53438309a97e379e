import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { FakeClock } from "../../../../core/fake_clock.ts";
import { Folder } from "../../../../tests/fakes/folder.ts";
import { refused } from "../../../../tests/fakes/refused.ts";
import { sceneResults } from "../../../../tests/fakes/scene_results.ts";
import { AddedSink } from "../added_sink.ts";
import type { EventMessage } from "../messages/event_message.ts";
import { Snapshots } from "../snapshots.ts";
import type { WebhookOptions } from "./options.ts";
import { signedHeaders } from "./signature.ts";
import { WebhookWriter } from "./webhook_writer.ts";

const KEY = "c2VjcmV0IG9mIHRoZSB0ZXN0LCBub3QgbW9yZQ==";

/** Milliseconds that pass at once: no more than between two looks at a picture. */
const STEP_MS = 50;

/** A request as it came. */
interface Request {
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly atMs: number;
}

/** Answers what it is told, and then with 204. */
class Receiver implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly requests: Request[] = [];
  readonly answers: (() => Response | Promise<Response>)[] = [];
  /** It is about to let a request wait for ever. */
  hangs = false;
  #underWay = 0;
  readonly #fetch = globalThis.fetch;
  readonly #readFile = Deno.readFile;
  readonly #server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const body = await request.bytes();
      this.requests.push({ headers: request.headers, body, atMs: this.clock.nowMs() });
      return await this.answers.shift()?.() ?? new Response(null, { status: 204 });
    },
  );

  constructor() {
    globalThis.fetch = (...given) => this.#outside(this.#fetch(...given));
    Deno.readFile = (...given) => this.#outside(this.#readFile(...given));
  }

  async sink(
    what: readonly string[],
    webhook: Partial<WebhookOptions> = {},
    { directory = "", user = "" } = {},
  ): Promise<AddedSink> {
    const { clock } = this;
    const { port } = this.#server.addr;
    const writer = await WebhookWriter.open({
      ...{ path: `http://${user}127.0.0.1:${port}/api/webhook/hidden`, overwrite: false, clock },
      ...{ what: new Set(what), own: { webhook: { snapshot: "none", ...webhook } } },
    }, {
      options: { name: "door", source: "0", resultsDirectory: directory, events: "all" },
      ...{ live: true, input: "0", policy: "p", seed: 1 },
      ...(directory === "" ? {} : { snapshots: new Snapshots(directory, clock) }),
    });
    assert.match(writer.description, /^http:\/\/127\.0\.0\.1:\d+\/…$/);
    return new AddedSink(writer, { name: "hook", queueLengthMax: 64, waits: false, clock });
  }

  /** Lets time pass, and stand still while sockets speak and files are read. */
  async until(isSo: () => boolean): Promise<void> {
    for (let turns = 0; !isSo(); turns++) {
      assert.ok(turns < 5000, "it never is");
      if (this.#underWay === 0 || this.hangs) await this.clock.advance(STEP_MS);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async close(sink: AddedSink): Promise<void> {
    let isClosed = false;
    void sink.close().then(() => isClosed = true);
    await this.until(() => isClosed);
  }

  #outside<T>(work: Promise<T>): Promise<T> {
    this.#underWay++;
    return work.finally(() => this.#underWay--);
  }

  get messages(): EventMessage[] {
    return this.requests.map(({ body }) => JSON.parse(new TextDecoder().decode(body)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    globalThis.fetch = this.#fetch;
    Deno.readFile = this.#readFile;
    await this.#server.shutdown();
  }
}

const { results } = sceneResults();

Deno.test("a signature is that of Standard Webhooks' own example", () => {
  const body = new TextEncoder().encode('{"test": 2432232314}');
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const headers = signedHeaders(
    { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body },
    secret,
    1614265330_500,
  );
  assert.deepEqual(headers, {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
  assert.ok(!("webhook-signature" in signedHeaders({ id: "a", body }, undefined, 0)));
});

Deno.test("each is posted once and in order, signed, whatever the receiver does", async () => {
  await using receiver = new Receiver();
  const hanging = Promise.withResolvers<Response>();
  const status = (code: number, headers: Record<string, string> = {}) => () =>
    new Response("x".repeat(100_000), { status: code, headers });
  receiver.answers.push(
    ...[status(200), status(500), status(429, { "retry-after": "7" }), () => hanging.promise],
    ...[status(200), status(400), status(301, { location: "/elsewhere" })],
  );
  const sink = await receiver.sink(["open", "close", "lines"], {
    ...{ secret: { text: `whsec_${KEY}` }, token: { text: "tell" } },
  });
  for (const one of results) await sink.write(one);
  const { tally: { written, dropped } } = sink;
  assert.deepEqual([written, dropped], [0, 0], "nobody waits for it");
  await receiver.until(() => receiver.requests.length >= 4);
  receiver.hangs = true;
  await receiver.until(() => receiver.clock.nowMs() > receiver.requests[3]!.atMs + 10_000);
  receiver.hangs = false;
  hanging.resolve(new Response());
  const wanted =
    results.filter(({ notes }) =>
      notes.some(({ event }) => ["open", "close", "line"].includes(event))
    ).length;
  await receiver.until(() => sink.tally.written + sink.tally.failed === wanted);
  await receiver.close(sink);
  const ids = receiver.messages.map(({ id }) => id);
  assert.deepEqual(ids.slice(1, 5), Array(4).fill(ids[1]), "tried again, by the same name");
  assert.equal(new Set(ids).size, ids.length - 3);
  const gapS = (receiver.requests[3]!.atMs - receiver.requests[2]!.atMs) / 1000;
  assert.ok(gapS >= 7 && gapS < 9, `it was asked to wait for 7 s, not ${gapS}`);
  const times = receiver.messages.map(({ timestamp }) => timestamp);
  assert.deepEqual(times, times.toSorted());
  for (const { headers, body } of receiver.requests) {
    const signed = `${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.`;
    const mac = createHmac("sha256", Buffer.from(KEY, "base64")).update(signed).update(body);
    assert.equal(headers.get("webhook-signature"), `v1,${mac.digest("base64")}`);
    assert.equal(headers.get("authorization"), "Bearer tell");
    assert.equal(headers.get("content-type"), "application/json");
  }
  assert.deepEqual(
    [sink.tally.failed, sink.tally.dropped],
    [1, 0],
    "of one frame: one refused with 400, one led away",
  );
});

Deno.test("pictures go along as they are wanted, once they are there", async () => {
  await using folder = new Folder();
  const jpeg = Uint8Array.of(0xff, 0xd8, 13, 10, 45, 45, 0xff, 0xd9);
  const [open] = results;
  const { id } = open!.snapshots[0]!;
  await Deno.mkdir(folder.file("events"));
  for (const snapshot of ["inline", "multipart"] as const) {
    await using receiver = new Receiver();
    const place = { directory: folder.path, user: "me:hidden@" };
    const sink = await receiver.sink(["open"], { snapshot }, place);
    if (snapshot === "multipart") await Deno.remove(folder.file(`events/${id}.jpg`));
    await sink.write(open!);
    await receiver.clock.advance(1000);
    await Deno.writeFile(folder.file(`events/${id}.jpg`), jpeg);
    await receiver.until(() => receiver.requests.length > 0);
    await receiver.close(sink);
    const [{ headers, body }] = receiver.requests as [Request];
    assert.equal(headers.get("authorization"), `Basic ${btoa("me:hidden")}`);
    if (snapshot === "inline") {
      assert.deepEqual(receiver.messages[0]!.image, {
        content_type: "image/jpeg",
        data: jpeg.toBase64(),
      });
      continue;
    }
    const form = await new Response(body, { headers }).formData();
    assert.deepEqual(JSON.parse(String(form.get("message"))).data.id, id);
    const picture = form.get("snapshot") as File;
    assert.deepEqual([picture.type, await picture.bytes()], ["image/jpeg", jpeg]);
  }
});

Deno.test("a picture that never comes is not waited for for long", async () => {
  await using folder = new Folder();
  await using receiver = new Receiver();
  const sink = await receiver.sink(["open"], { snapshot: "inline" }, { directory: folder.path });
  await sink.write(results[0]!);
  await receiver.until(() => receiver.requests.length > 0);
  assert.ok(receiver.requests[0]!.atMs >= 2000 && receiver.requests[0]!.atMs < 4000);
  assert.equal(receiver.messages[0]!.image, undefined);
  await receiver.close(sink);
});

Deno.test("a secret that cannot be read is told before anything is sent", async () => {
  await using folder = new Folder();
  await using receiver = new Receiver();
  folder.write("empty", "\n");
  for (const [name, why] of [["nowhere", /No such file/], ["empty", /it is empty/]] as const) {
    const opening = () => receiver.sink(["open"], { secret: { file: folder.file(name) } });
    assert.match(await refused(opening, "invalid_argument"), why);
  }
});
