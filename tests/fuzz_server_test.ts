/**
 * Bytes that chance wrote go to every method that the server has, whichever services there are: each call
 * ends with a status that lays the fault on the request, and the server serves on. SMARTEYE_FUZZ says how
 * many calls are made, SMARTEYE_FUZZ_SEED from which seed.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import { systemClock } from "../core/clock.ts";
import { pickIndex, type Rng, seededRng, seedOf } from "../core/rng.ts";
import { Inference } from "../proto/grpc_service.ts";
import { REQUEST, Serving } from "./fakes/serving.ts";

const CALLS = Number(Deno.env.get("SMARTEYE_FUZZ") ?? 600);
const SEED = Number(Deno.env.get("SMARTEYE_FUZZ_SEED") ?? 20260102);

/** Calls at once. */
const AT_ONCE = 8;

/** Milliseconds after which a call that would go on for ever, such as a watch, is cancelled. */
const ENOUGH_MS = 400;

/** Statuses that say: the server is at fault, or gone. */
const FAULTS: readonly number[] = [
  status.UNKNOWN,
  status.INTERNAL,
  status.DATA_LOSS,
  status.UNAVAILABLE,
  status.UNAUTHENTICATED,
];

const VALID = Inference.service.Infer.requestSerialize(REQUEST);

/** What texts of requests may be. */
const WORDS = [
  "tiny",
  "",
  "tiny@1",
  "nobody",
  "../..",
  "\u0000",
  "a".repeat(5000),
  "é\u202e",
  "{}",
];

Deno.test(`${CALLS} calls that chance wrote, over every method`, async () => {
  await using serving = await Serving.open();
  const { methods } = serving.server;
  assert.ok(methods.length >= 7, "smarteye.v1 and health are among them");
  await using stack = new AsyncDisposableStack();
  const client = new Client(`127.0.0.1:${serving.port}`, credentials.createInsecure());
  stack.defer(() => client.close());
  const seen = new Map<string, Set<number>>(methods.map((method) => [method, new Set()]));
  let next = 0;
  const caller = async () => {
    while (next < CALLS) {
      const n = next++;
      const rng = seededRng(seedOf(SEED, n));
      const method = methods[n % methods.length]!;
      const messages = Array.from({ length: pick(rng, [1, 1, 1, 1, 0, 2]) }, () => written(rng));
      const { code, details } = await call(client, method, messages, metadataOf(rng));
      const about = `call ${n} of seed ${SEED}, ${method}: ${code} ${details}, after ${
        messages.map((one) => one.toString("hex").slice(0, 400)).join(" ")
      }`;
      assert.ok(!FAULTS.includes(code), about);
      assert.ok(code === status.OK || details !== "", about);
      seen.get(method)!.add(code);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  for (const [method, codes] of seen) assert.ok(codes.size > 0, `${method} was called`);
  // What chance has unloaded is loaded again.
  const { path } = Inference.service.LoadModel;
  const load = Inference.service.LoadModel.requestSerialize({ model: "tiny" });
  assert.equal((await call(client, path, [load], new Metadata())).code, status.OK);
  assert.deepEqual(await serving.client().infer(), ["car"]);
});

/** Makes a call of any kind of method. */
function call(
  client: Client,
  method: string,
  messages: readonly Buffer[],
  metadata: Metadata,
): Promise<{ code: number; details: string }> {
  return new Promise((resolve) => {
    const as = (bytes: Buffer) => bytes;
    const options = { deadline: Date.now() + 30_000 };
    const stream = client.makeBidiStreamRequest(method, as, as, metadata, options);
    let isCancelled = false;
    stream.on("data", () => {
      if (isCancelled) return;
      isCancelled = true;
      void cancelSoon(() => stream.cancel());
    });
    stream.on("error", () => {}); // the status says it
    stream.on("status", ({ code, details }) => resolve({ code, details }));
    for (const message of messages) stream.write(message);
    stream.end();
  });
}

async function cancelSoon(cancel: () => void): Promise<void> {
  await systemClock.sleep(ENOUGH_MS);
  cancel();
}

/** A message: noise, or something that may pass for one. */
function written(rng: Rng): Buffer {
  const kind = pickIndex(rng, 4);
  if (kind === 0) return noise(rng, pick(rng, [0, 1, 2, 10, 300, 5000]));
  if (kind === 1) return mutated(rng, VALID);
  return fields(rng, 3);
}

function noise(rng: Rng, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => pickIndex(rng, 256)));
}

function mutated(rng: Rng, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let n = pickIndex(rng, 8); n >= 0; n--) {
    // Most of it are pixels: its fields stand at both ends.
    const at = rng() < 0.5 ? pickIndex(rng, 40) : pickIndex(rng, copy.length);
    copy[at] = pickIndex(rng, 256);
  }
  return rng() < 0.3 ? copy.subarray(0, pickIndex(rng, copy.length)) : copy;
}

/** Fields as protobuf writes them, with low numbers, as ours have. */
function fields(rng: Rng, depth: number): Buffer {
  const parts: Buffer[] = [];
  for (let n = pickIndex(rng, 6); n >= 0; n--) {
    const number = 1 + pickIndex(rng, 9);
    const type = pick(rng, [0, 1, 2, 2, 2, 2, 5, pickIndex(rng, 8)]);
    parts.push(varint(number * 8 + type));
    if (type === 0) parts.push(varint(pick(rng, [0, 1, 2, 64, 2 ** 31, 2 ** 53 - 1])));
    else if (type === 1) parts.push(noise(rng, 8));
    else if (type === 5) parts.push(noise(rng, 4));
    else if (type === 2) {
      const value = valueOf(rng, depth);
      const said = rng() < 0.05 ? pick(rng, [0, 1, 2 ** 31, 2 ** 40]) : value.length;
      parts.push(varint(said), value);
    }
  }
  return Buffer.concat(parts);
}

function valueOf(rng: Rng, depth: number): Buffer {
  const kind = pickIndex(rng, 5);
  if (kind === 0) return noise(rng, pickIndex(rng, 200));
  if (kind === 1) return mutated(rng, VALID);
  if (kind === 2 && depth > 0) return fields(rng, depth - 1);
  return Buffer.from(pick(rng, WORDS));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push(128 + (value % 128));
  return Buffer.from([...bytes, value]);
}

function metadataOf(rng: Rng): Metadata {
  const metadata = new Metadata();
  if (rng() < 0.1) metadata.set("authorization", pick(rng, ["Bearer x", "Basic", ""]));
  if (rng() < 0.1) metadata.set("x-bin", noise(rng, 20));
  if (rng() < 0.1) {
    metadata.set("traceparent", pick(rng, ["00-0-0-0", "", "é".normalize("NFD")[0]!]));
  }
  return metadata;
}

function pick<T>(rng: Rng, from: readonly T[]): T {
  return from[pickIndex(rng, from.length)]!;
}
