/**
 * What a forwarder adds to a call of the server, beside an nginx and an Envoy that pass gRPC on: frames of
 * 30 kB to a server that answers at once, one at a time and 64 at a time, each way in turn, all in one run.
 * Processor time is that of the process between, for each request.
 *
 *   deno task bench:added [--seconds 5] [--rounds 3] [--envoy PATH] [--nginx PATH] [--h2load PATH] [--json]
 *
 * With an h2load (Debian's nghttp2-client) that sends the many: senders in JavaScript take more processor
 * time than what is measured, and those of HTTP more than those of gRPC.
 */

import type { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Agent, request } from "node:http";
import { Client, credentials } from "@grpc/grpc-js";
import { percentile } from "../core/rolling_window.ts";
import { Inference } from "../proto/grpc_service.ts";
import { frame } from "./forward/frame.ts";
import { type Between, betweens } from "./forward/between.ts";
import { cpuMsOf } from "./forward/cpu.ts";
import { stop, waitFor } from "./serve/child.ts";
import { digits, table } from "./serve/table.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    envoy: { type: "string" },
    nginx: { type: "string" },
    h2load: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

/** Requests at a time when throughput is measured. */
const MANY = 64;

/** Sends a frame, and waits for the answer. */
type Send = () => Promise<void>;

const image = frame(30_000);

function overGrpc(address: string): { send: Send; close: () => void } {
  const client = new Client(address, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  const { path, requestSerialize } = Inference.service.Infer;
  const bytes = requestSerialize({ model: "m", encoded: image });
  const send = () =>
    new Promise<void>((resolve, reject) => {
      const taken = (answer: Buffer) => answer;
      client.makeUnaryRequest(path, () => bytes, taken, {}, {}, (error, answer) => {
        if (error || !answer) reject(error ?? new Error("no answer"));
        else resolve();
      });
    });
  return { send, close: () => client.close() };
}

function overHttp(address: string): { send: Send; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: MANY });
  const [host, port] = address.split(":");
  const options = {
    ...{ host, port, agent, method: "POST", path: "/image_handler?model=m" },
    headers: { "content-type": "image/jpeg", "content-length": image.length },
  };
  const send = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request(options, (response) => {
        response.resume().once("end", () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`status ${response.statusCode}`));
        });
      });
      sent.once("error", reject).end(image);
    });
  return { send, close: () => agent.destroy() };
}

/** What one way is like. */
interface Measured {
  readonly latenciesMs: number[];
  readonly perSec: number[];
  readonly cpuMs: number[];
}

async function oneAtATime(send: Send, forMs: number): Promise<number[]> {
  const latenciesMs: number[] = [];
  const endAtMs = performance.now() + forMs;
  while (performance.now() < endAtMs) {
    const sentAtMs = performance.now();
    await send();
    latenciesMs.push(performance.now() - sentAtMs);
  }
  return latenciesMs;
}

async function manyAtATime(send: Send, forMs: number): Promise<number> {
  let answered = 0;
  const endAtMs = performance.now() + forMs;
  await Promise.all(Array.from({ length: MANY }, async () => {
    while (performance.now() < endAtMs) {
      await send();
      answered++;
    }
  }));
  return answered;
}

/** As `manyAtATime`, by h2load: answers, and the seconds that it took. */
async function byH2load(program: string, { speaks, address }: Between, forMs: number) {
  const file = await Deno.makeTempFile();
  const message = Inference.service.Infer.requestSerialize({ model: "m", encoded: image });
  const head = new Uint8Array(5); // gRPC: not compressed, and its length
  new DataView(head.buffer).setUint32(1, message.length);
  await Deno.writeFile(file, speaks === "http" ? image : new Uint8Array([...head, ...message]));
  const how = speaks === "http"
    ? [
      "--h1",
      "-c",
      `${MANY}`,
      "-H",
      "content-type: image/jpeg",
      `http://${address}/image_handler?model=m`,
    ]
    : [
      ...[
        "-c",
        "4",
        "-m",
        `${MANY / 4}`,
        "-H",
        "content-type: application/grpc",
        "-H",
        "te: trailers",
      ],
      `http://${address}${Inference.service.Infer.path}`,
    ];
  const { stdout } = await new Deno.Command(program, {
    args: ["-D", `${forMs / 1000}`, "-d", file, ...how],
  }).output();
  await Deno.remove(file);
  const text = new TextDecoder().decode(stdout);
  const [, ok, bad] = /status codes: (\d+) 2xx, (\d+ 3xx, \d+ 4xx, \d+ 5xx)/.exec(text) ?? [];
  if (ok === undefined || bad !== "0 3xx, 0 4xx, 0 5xx") throw new Error(text);
  return Number(ok);
}

async function measure(between: Between, forMs: number, into: Measured): Promise<void> {
  const { send, close } = between.speaks === "http"
    ? overHttp(between.address)
    : overGrpc(between.address);
  await manyAtATime(send, 1500); // what is first takes longer
  into.latenciesMs.push(...await oneAtATime(send, forMs));
  const before = cpuMsOf(between.pid);
  const beganAtMs = performance.now();
  const answered = values.h2load === undefined
    ? await manyAtATime(send, forMs)
    : await byH2load(values.h2load, between, forMs);
  into.perSec.push(answered / (performance.now() - beganAtMs) * 1000);
  into.cpuMs.push((cpuMsOf(between.pid) - before) / answered);
  close();
}

const server = new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", fileURLToPath(new URL("./forward/echo_server.ts", import.meta.url))],
  ...{ stdin: "null", stdout: "piped", stderr: "inherit" },
}).spawn();
const [, address] = await waitFor(server.stdout, /"servers":\["([^"]+)"\]/);
const ways = await betweens({ server: address!, pid: server.pid, ...values });
const all = new Map<string, Measured>(
  ways.map(({ name }) => [name, { latenciesMs: [], perSec: [], cpuMs: [] }]),
);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const way of ways) await measure(way, 1000 * Number(values.seconds), all.get(way.name)!);
}
for (const way of ways) await way.stop();
await stop(server);

const direct = all.get(ways[0]!.name)!;
const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
const results = ways.map(({ name }) => {
  const { latenciesMs, perSec, cpuMs } = all.get(name)!;
  const added = (p: number) => percentile(latenciesMs, p)! - percentile(direct.latenciesMs, p)!;
  return {
    ...{ name, p50Ms: percentile(latenciesMs, 50)!, p99Ms: percentile(latenciesMs, 99)! },
    ...{ addedP50Ms: added(50), addedP99Ms: added(99) },
    ...{ perSec: mean(perSec), cpuMs: mean(cpuMs) },
  };
});
if (values.json) { for (const result of results) console.log(JSON.stringify(result)); }
else {
  console.log(table(
    ["30 kB", "p50 ms", "p99", "added p50", "added p99", `${MANY} at a time, /s`, "CPU ms each"],
    results.map(({ name, p50Ms, p99Ms, addedP50Ms, addedP99Ms, perSec, cpuMs }) => [
      name,
      ...[p50Ms, p99Ms, addedP50Ms, addedP99Ms].map((ms) => digits(ms, 2)),
      digits(perSec, 0),
      digits(cpuMs, 3),
    ]),
  ));
}
Deno.exit(0);
