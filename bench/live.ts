/**
 * `deno task bench:live`: what open viewers of the live page cost the analysis. One edge infers the rendered
 * street as fast as it can; turns with and without viewers take it in turn, so that what else the machine does
 * falls on both alike.
 */

import { parseArgs } from "node:util";
import { systemClock } from "../core/clock.ts";
import { percentile } from "../core/rolling_window.ts";

const { values } = parseArgs({
  options: {
    viewers: { type: "string", default: "20" },
    rounds: { type: "string", default: "6" },
    seconds: { type: "string", default: "5" },
    height: { type: "string", default: "360" },
  },
});
const [viewers, rounds, turnMs] = [
  Number(values.viewers),
  Number(values.rounds),
  Number(values.seconds) * 1000,
];
const height = Number(values.height);

/** Milliseconds at a turn's begin that are not counted: viewers come and go. */
const SETTLE_MS = 1000;

const out = await Deno.makeTempDir();
const width = Math.round(height * 16 / 9 / 2) * 2;
const edge = new Deno.Command(Deno.execPath(), {
  args: [
    ...["run", "-A", new URL("../main.ts", import.meta.url).pathname, "edge"],
    ...["-f", `synthetic:?frames=10000000&width=${width}&height=${height}`, "--ui", "0"],
    ...["--policy", "always_local_fastest_model", "--no-images", "--events", "none"],
    ...["--out", `${out}/run`],
  ],
  env: { SMARTEYE_MODELS: `${out}/none`, SMARTEYE_CONFIG: "" },
  stdout: "null",
  stderr: "piped",
}).spawn();
try {
  const base = await address();
  await rate(base, turnMs); // the first frames load what is needed
  const rates = { without: [] as number[], with: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    rates.without.push(await rate(base, turnMs));
    const over = new AbortController();
    const watched = Array.from({ length: viewers }, () => watch(base, over.signal));
    rates.with.push(await rate(base, turnMs));
    over.abort();
    const frames = (await Promise.all(watched)).map((bytes) => bytes / 1e6);
    console.log(
      `round ${round + 1}: ${rates.without.at(-1)!.toFixed(1)} frames/s without, ` +
        `${rates.with.at(-1)!.toFixed(1)} with ${viewers} viewers, ` +
        `who took ${frames.reduce((sum, each) => sum + each, 0).toFixed(1)} MB`,
    );
  }
  const median = (numbers: readonly number[]) => percentile(numbers, 50)!;
  const [without, watched] = [median(rates.without), median(rates.with)];
  const paired = median(rates.with.map((each, i) => each / rates.without[i]!));
  console.log(
    `median: ${without.toFixed(1)} frames/s without, ${
      watched.toFixed(1)
    } with ${viewers} viewers; ` +
      `of each pair ${((1 - paired) * 100).toFixed(1)} % less`,
  );
} finally {
  edge.kill("SIGTERM");
  await edge.status;
  await Deno.remove(out, { recursive: true });
}

/** Where the pages are. */
async function address(): Promise<string> {
  let told = "";
  const reader = edge.stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (let found: RegExpExecArray | null = null; !found;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(told);
    told += value;
    found = /pages at (http:\S+)\//.exec(told);
    if (found) {
      void (async () => {
        while (!(await reader.read()).done);
      })();
      return found[1]!;
    }
  }
  throw new Error(told);
}

/** Frames a second that are inferred, over a turn. */
async function rate(base: string, ms: number): Promise<number> {
  const inferred = async () => {
    const { sources } = await (await fetch(`${base}/state.json`)).json();
    return { atMs: performance.now(), frames: sources[0]?.frames.local ?? 0 };
  };
  await systemClock.sleep(SETTLE_MS);
  const begin = await inferred();
  await systemClock.sleep(ms);
  const end = await inferred();
  return (end.frames - begin.frames) * 1000 / (end.atMs - begin.atMs);
}

/** Watches the stream until it is told to end. @returns the bytes that came */
async function watch(base: string, signal: AbortSignal): Promise<number> {
  const { body } = await fetch(`${base}/live/street.mjpeg`);
  const reader = body!.getReader();
  signal.addEventListener("abort", () => void reader.cancel().catch(() => {}));
  let bytes = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    bytes += read.value.length;
  }
  return bytes;
}
