/** Eight cameras at one edge: it stays as large as it is, keeps up with each, and is fair. */

import assert from "node:assert/strict";
import { STREET_DEFAULTS } from "../street/options.ts";
import { writeSample } from "../street/sample_writer.ts";
import { testWhere } from "./fakes/data.ts";
import { Folder } from "./fakes/folder.ts";
import { EdgeRun, holdWhole, type Stored } from "./rigs/edge_run.ts";

const CAMERAS = 8;

/** Seconds that they run; ten minutes by hand: `SMARTEYE_SOAK_S=600`. */
const SECONDS = Number(Deno.env.get("SMARTEYE_SOAK_S") ?? 25);

/** Whether there is time for memory to settle before it is measured. */
const IS_LONG = SECONDS >= 300;

/** Seconds after which memory is held to what it was. */
const WARM_UP_S = IS_LONG ? 60 : 8;

/** Share by which memory may grow after that; in a short run, what is collected seldom counts as growth. */
const GROWTH_MAX = IS_LONG ? 0.05 : 0.2;

/** Milliseconds that a source's newest result may be old. */
const OLD_MS = 1000;

/** Of the time, the share in which it is held: on a machine that others share, a breath is allowed. */
const HELD = IS_LONG ? 0.999 : 0.98;

/** Milliseconds after the first frame from which results are held to be new: models are warm then. */
const STARTED_MS = 4000;

Deno.test("a result is old from a second after its capture until the next result", () => {
  const records = [[0, 10], [100, 110], [200, 2200], [300, 2210], [400, 2300]].map(
    ([at, done]) => ({
      captured_at: new Date(at!).toISOString(),
      latency_ms: done! - at!,
    }),
  );
  // From 1100, when that of 100 is a second old, to 2200; those of 200 and 300 are old when they come.
  assert.equal(oldMs(records, 0), 1100 + 10 + 90);
});

/** Milliseconds during which a source's newest result was old, from the first result after `sinceMs`. */
function oldMs(
  records: readonly { readonly captured_at: string; readonly latency_ms: number }[],
  sinceMs: number,
): number {
  const results = records.map(({ captured_at, latency_ms }) => {
    const capturedAtMs = Date.parse(captured_at);
    return { capturedAtMs, doneAtMs: capturedAtMs + latency_ms };
  }).filter(({ doneAtMs }) => doneAtMs >= sinceMs);
  return results.slice(1).reduce((sum, { doneAtMs }, i) => {
    const newest = results[i]!;
    const oldFromMs = Math.max(newest.doneAtMs, newest.capturedAtMs + OLD_MS);
    return sum + Math.max(0, doneAtMs - oldFromMs);
  }, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Holds that of a source the newest result was never old. */
function holdNew(name: string, { records }: Stored): void {
  const inferred = records.filter(({ outcome }) => outcome === "local");
  const startMs = Date.parse(records[0]!.captured_at) + STARTED_MS;
  const [first, last] = [inferred[0]!, inferred.at(-1)!];
  const lastedMs = Date.parse(last.captured_at) - Date.parse(first.captured_at);
  assert.ok(lastedMs > SECONDS * 1000 * 0.6, `${name} has results of ${lastedMs} ms`);
  const old = Math.round(oldMs(inferred, startMs));
  const share = 1 - old / (SECONDS * 1000 - STARTED_MS);
  assert.ok(
    share > HELD,
    `the newest result of ${name} was over ${OLD_MS} ms old for ${old} ms; ` +
      `a result took ${median(inferred.map(({ latency_ms }) => latency_ms))} ms`,
  );
}

testWhere(
  "there is a /proc",
  Deno.build.os === "linux",
  `${CAMERAS} cameras of 25 frames a second for ${SECONDS} s: memory, ledgers, ages, shares`,
  async () => {
    await using folder = new Folder();
    const files = [];
    for (let i = 1; i <= CAMERAS; i++) {
      const path = folder.file(`camera${i}.mp4`);
      await writeSample(path, {
        ...STREET_DEFAULTS,
        ...{ width: 320, height: 180, frames: 50, seed: i },
      });
      files.push(path);
    }
    const named = files.flatMap((path) => ["-f", path]);
    await using edge = new EdgeRun(...named, "--realtime", "--loop", "-i", "0");
    await edge.program.tells(/camera8/);
    const memory: number[] = [];
    for (const endAt = Date.now() + SECONDS * 1000; Date.now() < endAt;) {
      memory.push(edge.taken().rssBytes);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await edge.stop();

    const sources = edge.sources();
    assert.equal(sources.length, CAMERAS, "a directory each");
    const shares = sources.map((directory) => {
      const stored = edge.stored(directory);
      const { frames: { local, failed }, passed_over } = holdWhole(stored);
      assert.equal(failed, 0);
      assert.ok(local + passed_over > SECONDS * 25 * 0.5, `${directory}: ${local}, ${passed_over}`);
      holdNew(directory, stored);
      return local;
    });
    const [least, most] = [Math.min(...shares), Math.max(...shares)];
    assert.ok(least >= most / 2, `shares differ: ${shares.join(", ")}`);

    const settled = memory.slice(WARM_UP_S * 2);
    const third = Math.floor(settled.length / 3);
    const [before, after] = [median(settled.slice(0, third)), median(settled.slice(-third))];
    const grown = after / before - 1;
    const mib = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);
    console.log(
      `${CAMERAS} cameras: ${shares.join(", ")} results; ${mib(before)} MiB, then ${mib(after)}`,
    );
    assert.ok(grown < GROWTH_MAX, `memory grew by ${(grown * 100).toFixed(1)} %`);
  },
);
