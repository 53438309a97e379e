/**
 * This checkout against another one, side by side: frames a second and CPU seconds a frame of the
 * edge, of an inference server, and of a forwarder before it. Both programs run in processes of
 * their own, in turn, so that a machine that gets slower gets slower for both.
 *
 *   deno task bench:against OTHER_CHECKOUT [ROUNDS]
 *
 * The other checkout has its dependencies installed (`deno install`). Linux tells CPU seconds;
 * elsewhere they are left out.
 */

import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { systemClock } from "../core/clock.ts";
import { percentile } from "../core/rolling_window.ts";
import { PixelPicture } from "../core/image.ts";
import { requestToWire } from "../proto/grpc_codec.ts";
import { Inference } from "../proto/grpc_service.ts";
import { STREET_DEFAULTS } from "../street/options.ts";
import { StreetScene } from "../street/scene.ts";
import { writeSample } from "../street/sample_writer.ts";

const MODEL = "smarteye_street";
const IN_FLIGHT = 8;
const REQUESTS = 600;
const WARM_UP = 100;

/** Clock ticks a second in `/proc/<pid>/stat` (`man 5 proc`; 100 on every Linux that Deno runs on). */
const TICKS_PER_SEC = 100;

interface Speed {
  readonly perSec: number;
  readonly cpuMsEach: number;
}

const [other, rounds = "5"] = Deno.args;
if (other === undefined) {
  console.error("deno task bench:against OTHER_CHECKOUT [ROUNDS]");
  Deno.exit(2);
}
const HERE = join(import.meta.dirname!, "..");
const out = await Deno.makeTempDir({ prefix: "smarteye_against_" });
const { videoPath } = await writeSample(join(out, "street.mp4"), {
  ...STREET_DEFAULTS,
  frames: 500,
});
const scene = await StreetScene.create(STREET_DEFAULTS);
const picture = new PixelPicture((await scene.render(7)).pixels);
const jpeg = await picture.jpeg(picture, 80);

function start(checkout: string, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(checkout, "main.ts"), ...args, "--json", "--quiet"],
    cwd: checkout,
    env: { SMARTEYE_CONFIG: "", SMARTEYE_MODELS: join(out, "models") },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** CPU milliseconds that a process has used so far; `undefined` where that cannot be seen. */
async function cpuMs(pid: number): Promise<number | undefined> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields && (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS_PER_SEC;
}

async function firstLine(process: Deno.ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text;
}

/** The whole edge on one video, everything on this machine. Its CPU is that of the whole process. */
async function edge(checkout: string): Promise<Speed> {
  const process = start(checkout, [
    ...["edge", "-f", videoPath, "--policy", "always_local_fastest_model", "--model", MODEL],
    ...["--no-images", "--out", await Deno.makeTempDir({ dir: out })],
  ]);
  let ended = false;
  let usedMs = 0;
  const watching = (async () => {
    while (!ended) {
      usedMs = await cpuMs(process.pid) ?? usedMs;
      await systemClock.sleep(50);
    }
  })();
  const { stdout } = await process.output();
  ended = true;
  await watching;
  const { fps, frames } = JSON.parse(new TextDecoder().decode(stdout));
  return { perSec: fps, cpuMsEach: usedMs / frames.captured };
}

/** Sends requests, so many in flight, and tells how fast the server worked them off. */
async function load(
  pid: number,
  send: () => Promise<void>,
): Promise<Speed> {
  const run = async (requests: number) => {
    let left = requests;
    await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
      while (left-- > 0) await send();
    }));
  };
  await run(WARM_UP);
  const usedMs = await cpuMs(pid) ?? NaN;
  const startAtMs = performance.now();
  await run(REQUESTS);
  const tookMs = performance.now() - startAtMs;
  const cpuMsEach = (await cpuMs(pid) ?? NaN) / REQUESTS - usedMs / REQUESTS;
  return { perSec: REQUESTS * 1000 / tookMs, cpuMsEach };
}

/** An inference server, called over gRPC; then a forwarder of the same checkout before it. */
async function servers(checkout: string): Promise<{ serve: Speed; forward: Speed }> {
  const serve = start(checkout, ["serve", "--listen", "127.0.0.1:0", "--models", MODEL]);
  const address = JSON.parse(await firstLine(serve)).listen;
  const client = new Inference(address, credentials.createInsecure());
  const request = requestToWire({ model: MODEL }, { kind: "encoded", bytes: jpeg });
  const served = await load(serve.pid, () =>
    new Promise((resolve, reject) => {
      client.Infer(request, (error) => error ? reject(error) : resolve());
    }));

  const forward = start(checkout, ["forward", "--listen", "127.0.0.1:0", "--servers", address]);
  const url = `http://${JSON.parse(await firstLine(forward)).listen}/image_handler?model=${MODEL}`;
  const forwarded = await load(forward.pid, async () => {
    const headers = { "content-type": "image/jpeg" };
    const response = await fetch(url, { method: "POST", headers, body: jpeg });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
  });
  for (const process of [forward, serve]) {
    process.kill("SIGTERM");
    await process.status;
  }
  client.close(); // not before: a goodbye kills the servers of older checkouts
  return { serve: served, forward: forwarded };
}

type Measured = Record<"edge" | "serve" | "forward", Speed>;

async function measure(checkout: string): Promise<Measured> {
  return { edge: await edge(checkout), ...await servers(checkout) };
}

const ratios = { edge: [], serve: [], forward: [] } as Record<keyof Measured, Speed[]>;
console.log("per second here/there (ratio), CPU ms each here/there");
for (let round = 0; round <= Number(rounds); round++) {
  // Who goes first changes: what the first one warms up must not always be the other's gain.
  const first = round % 2 === 0 ? HERE : other;
  const one = await measure(first);
  const two = await measure(first === HERE ? other : HERE);
  const [here, there] = first === HERE ? [one, two] : [two, one];
  const line = (Object.keys(ratios) as (keyof Measured)[]).map((role) => {
    const ratio = here[role].perSec / there[role].perSec;
    const cpuRatio = here[role].cpuMsEach / there[role].cpuMsEach;
    if (round > 0) ratios[role].push({ perSec: ratio, cpuMsEach: cpuRatio });
    return `${role} ${here[role].perSec.toFixed(1)}/${there[role].perSec.toFixed(1)} ` +
      `(${ratio.toFixed(2)}) ${here[role].cpuMsEach.toFixed(1)}/${
        there[role].cpuMsEach.toFixed(1)
      }`;
  });
  console.log(`${round === 0 ? "warm-up" : `round ${round}`}: ${line.join(" · ")}`);
}
await Deno.remove(out, { recursive: true });
for (const [role, list] of Object.entries(ratios)) {
  const median = (pick: (speed: Speed) => number) => percentile(list.map(pick), 50)?.toFixed(2);
  console.log(
    `${role}: ${median(({ perSec }) => perSec)} of the other's speed, ` +
      `${median(({ cpuMsEach }) => cpuMsEach)} of its CPU a frame (median of ${list.length})`,
  );
}
Deno.exit(0);
