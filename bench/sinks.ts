/**
 * `deno task bench:sinks`: what sinks cost the analysis, those above all that cannot write. An edge infers
 * the rendered street as fast as it can: without sinks, with brokers and a receiver that are away, with a
 * receiver that takes 5 s a message, with files on a disk that is full. Cases take turns, so that what else
 * the machine does falls on all alike.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../core/clock.ts";
import { percentile } from "../core/rolling_window.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "4" },
    seconds: { type: "string", default: "12" },
    height: { type: "string", default: "360" },
  },
});
const [rounds, runMs, height] = [
  Number(values.rounds),
  Number(values.seconds) * 1000,
  Number(values.height),
];

/** Milliseconds at a run's begin that are not counted: what is needed is loaded, sinks turn out to fail. */
const SETTLE_MS = 4000;

/** Milliseconds that the slow receiver takes for a message. */
const SLOW_MS = 5000;

/** Bytes of the disk that is full. */
const DISK_BYTES = 1 << 20;

const MAIN = new URL("../main.ts", import.meta.url).pathname;
const folder = await Deno.makeTempDir();
const slow = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
  await request.body?.cancel();
  await systemClock.sleep(SLOW_MS);
  return new Response(null, { status: 204 });
});
const disk = await smallDisk();
const nobody = freePort();
const cases: Readonly<Record<string, readonly string[]>> = {
  "without sinks": [],
  "brokers and a receiver that are away": [
    `mqtt://127.0.0.1:${nobody}/smarteye`,
    ...[`nats://127.0.0.1:${nobody}/smarteye`, `webhook:http://127.0.0.1:${nobody}/hook`],
  ],
  "a receiver that takes 5 s a message": [`webhook:http://127.0.0.1:${slow.addr.port}/hook`],
  ...(disk ? { "sqlite, coco, mot and lines on a full disk": [] } : {}),
  "sqlite, coco, mot and lines that are well": ["sqlite", "coco", "mot", "jsonl:RUN/lines.jsonl"],
};
const rates = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
try {
  for (let round = 0; round < rounds; round++) {
    for (const [name, sinks] of Object.entries(cases)) {
      const onDisk = name.endsWith("full disk");
      const run = join(folder, `${round}_${rates.get(name)!.length}_${crypto.randomUUID()}`);
      const { framesPerS, tally } = await turn(run, onDisk ? diskSinks(disk!) : sinks, onDisk);
      rates.get(name)!.push(framesPerS);
      console.log(`${round + 1}: ${framesPerS.toFixed(1)} frames/s ${name} ${tally}`);
    }
  }
  const [[, without], ...others] = [...rates] as [[string, number[]], ...[string, number[]][]];
  console.log(`median: ${percentile(without, 50)!.toFixed(1)} frames/s without sinks`);
  for (const [name, its] of others) {
    const kept = percentile(its.map((rate, i) => rate / without[i]!), 50)!;
    console.log(
      `${percentile(its, 50)!.toFixed(1)} with ${name}: of each pair ${
        ((1 - kept) * 100).toFixed(1)
      } % less`,
    );
  }
} finally {
  await slow.shutdown();
  if (disk) await command("umount", "--lazy", disk);
  await Deno.remove(folder, { recursive: true });
}

/** One run of an edge: the frames a second that were inferred once it was under way, and what became of its sinks. */
async function turn(run: string, sinks: readonly string[], fills: boolean) {
  const width = Math.round(height * 16 / 9 / 2) * 2;
  const edge = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", MAIN, "edge", "--json", "--no-images", "--out", run],
      ...["-f", `synthetic:?frames=10000000&width=${width}&height=${height}`],
      ...["--policy", "always_local_fastest_model"],
      ...sinks.flatMap((sink) => ["--sink", sink.replace("RUN", run)]),
    ],
    env: { SMARTEYE_MODELS: `${folder}/none`, SMARTEYE_CONFIG: "" },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const results = join(run, "results.jsonl");
  while (await lines(results) === 0) await systemClock.sleep(50);
  if (fills) await fill();
  await systemClock.sleep(SETTLE_MS);
  const begin = { frames: await lines(results), atMs: performance.now() };
  await systemClock.sleep(runMs);
  const frames = await lines(results) - begin.frames;
  const framesPerS = frames * 1000 / (performance.now() - begin.atMs);
  edge.kill("SIGTERM");
  const { stdout } = await edge.output();
  const { sinks: tally } = JSON.parse(new TextDecoder().decode(stdout));
  if (fills) {
    for (const { name } of Deno.readDirSync(disk!)) {
      await Deno.remove(join(disk!, name));
    }
  }
  return { framesPerS, tally: sinks.length > 0 ? JSON.stringify(tally) : "" };
}

/** How many frames have their line. */
async function lines(path: string): Promise<number> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split('\n{"frame":').length - 1;
}

/** Files on the disk that is filled. */
function diskSinks(at: string): readonly string[] {
  return [`sqlite:${at}/a.sqlite`, `coco:${at}/a.json`, `mot:${at}/a.txt`, `jsonl:${at}/a.jsonl`];
}

/** A disk of its own; `undefined`, after it was said, where none may be mounted. */
async function smallDisk(): Promise<string | undefined> {
  const at = await Deno.makeTempDir();
  const mounted = await command("mount", "-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "sinks", at);
  if (mounted) return at;
  console.log("no disk can be mounted that is full: that is left out");
  return undefined;
}

/** Takes all its room. */
async function fill(): Promise<void> {
  using file = await Deno.open(join(disk!, "filler"), { write: true, create: true });
  const chunk = new Uint8Array(4096);
  try {
    for (;;) await file.write(chunk);
  } catch {
    // it is full
  }
}

async function command(name: string, ...args: string[]): Promise<boolean> {
  const ran = new Deno.Command(name, { args, stdout: "null", stderr: "null" }).output();
  return await ran.then(({ success }) => success, () => false);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
