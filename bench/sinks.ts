/**
 * `deno task bench:sinks`: what sinks cost the analysis, those above all that cannot write. Two edges infer
 * the rendered street as fast as they can, at the same time and with a worker each: one without sinks, one
 * whose brokers and receiver are away, whose receiver takes 5 s a message, whose disk is full. So what else
 * the machine does falls on both alike.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../core/clock.ts";
import { percentile } from "../core/rolling_window.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
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

/** Results that may wait for a sink: few, so that the queue of one that cannot write is full at once. */
const QUEUE = 8;

/** Where each kind of sink writes; RUN stands for the run's directory. */
type Sinks = Readonly<Record<string, string>>;

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
const files = (at: string) => ({
  ...{ sqlite: `${at}/a.sqlite`, coco: `${at}/a.json`, mot: `${at}/a.txt` },
  jsonl: `${at}/a.jsonl`,
});
const cases: Readonly<Record<string, Sinks | undefined>> = {
  "no sinks either": {},
  "brokers and a receiver that are away": {
    mqtt: `mqtt://127.0.0.1:${nobody}/smarteye`,
    nats: `nats://127.0.0.1:${nobody}/smarteye`,
    webhook: `http://127.0.0.1:${nobody}/hook`,
  },
  "a receiver that takes 5 s a message": {
    webhook: `http://127.0.0.1:${slow.addr.port}/hook`,
  },
  "sqlite, coco, mot and lines on a full disk": disk === undefined ? undefined : files(disk),
  "sqlite, coco, mot and lines that are well": files("RUN"),
};
const kept = new Map<string, number[]>();
try {
  for (let round = 1; round <= rounds; round++) {
    for (const [name, sinks] of Object.entries(cases)) {
      if (!sinks) continue;
      const { beside, own, tally } = await pair(sinks, name.endsWith("full disk"));
      kept.set(name, [...kept.get(name) ?? [], own / beside]);
      const rates = `${beside.toFixed(1)} frames/s without sinks, ${own.toFixed(1)} with`;
      console.log(`round ${round}: ${rates} ${name} ${tally}`);
    }
  }
  for (const [name, its] of kept) {
    const less = `${((1 - percentile(its, 50)!) * 100).toFixed(1)} % less`;
    console.log(`median of ${its.length} pairs: ${less} with ${name}`);
  }
} finally {
  await slow.shutdown();
  if (disk !== undefined) await command("umount", "--lazy", disk);
  await Deno.remove(folder, { recursive: true });
}

/** Two edges at the same time: the frames a second that each inferred, and what became of the sinks. */
async function pair(sinks: Sinks, fills: boolean) {
  const edges = [start({}), start(sinks)] as const;
  const counts = () => Promise.all(edges.map(({ results }) => lines(results)));
  while ((await counts()).some((count) => count === 0)) await systemClock.sleep(50);
  if (fills) await fill(disk!);
  await systemClock.sleep(SETTLE_MS);
  const [begin, beginMs] = [await counts(), performance.now()];
  await systemClock.sleep(runMs);
  const [end, lastedMs] = [await counts(), performance.now() - beginMs];
  const [beside, own] = end.map((count, i) => (count - begin[i]!) * 1000 / lastedMs);
  const ended = await Promise.all(edges.map(({ edge }) => {
    edge.kill("SIGTERM");
    return edge.output();
  }));
  const { sinks: tally } = JSON.parse(new TextDecoder().decode(ended[1]!.stdout));
  if (fills) {
    for (const { name } of Deno.readDirSync(disk!)) {
      await Deno.remove(join(disk!, name));
    }
  }
  return { beside: beside!, own: own!, tally: JSON.stringify(tally) };
}

/** Starts an edge of one worker. */
function start(sinks: Sinks) {
  const run = join(folder, crypto.randomUUID());
  const sections = Object.entries(sinks).map(([kind, where]) =>
    `[sink:${kind}]\nwhere = ${where.replace("RUN", run)}\nqueue = ${QUEUE}\n`
  );
  Deno.writeTextFileSync(`${run}.ini`, sections.join(""));
  const width = Math.round(height * 16 / 9 / 2) * 2;
  const edge = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", MAIN, "edge", "--json", "--no-images", "--out", run, "-c", `${run}.ini`],
      ...["-f", `synthetic:?frames=10000000&width=${width}&height=${height}`],
      ...["--policy", "always_local_fastest_model"],
    ],
    env: {
      ...{ SMARTEYE_MODELS: `${folder}/none`, SMARTEYE_CONFIG: "" },
      SMARTEYE_EDGE_SETTING_LOCAL_WORKERS: "1",
    },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  return { edge, results: join(run, "results.jsonl") };
}

/** How many frames have their line. */
async function lines(path: string): Promise<number> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split('\n{"frame":').length - 1;
}

/** A disk of its own; `undefined`, after it was said, where none may be mounted. */
async function smallDisk(): Promise<string | undefined> {
  const at = await Deno.makeTempDir();
  const mounted = await command("mount", "-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "sinks", at);
  if (mounted) return at;
  console.log("no disk can be mounted that is full: that is left out");
  return undefined;
}

/** Takes all the room of a disk. */
async function fill(at: string): Promise<void> {
  using file = await Deno.open(join(at, "filler"), { write: true, create: true });
  const chunk = new Uint8Array(4096);
  try {
    for (;;) await file.write(chunk);
  } catch (error) {
    if (!/No space left/.test(String(error))) throw error;
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
