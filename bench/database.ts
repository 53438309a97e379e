/**
 * How long the thread that gives results to a database stands still: where it writes them itself, and
 * where a Worker does, on a disk of its own and while another process holds the file now and then.
 *
 * `deno task bench:database [DIRECTORY]`
 */

import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { DatabaseThread } from "../edge/sink/added/sqlite/database_thread.ts";
import type { StoredItem } from "../edge/sink/added/sqlite/messages.ts";
import { openToWrite } from "../edge/sink/added/sqlite/open_database.ts";
import { ResultsDatabase } from "../edge/sink/added/sqlite/results_database.ts";

/** Four minutes of 30 frames a second, ten things in each, written every quarter of a second. */
const BATCHES = 1000;
const FRAMES = 8;
const THINGS = 10;

/** Batches between two times that another connection holds the file, and for how long, ms. */
const HELD_EVERY = 100;
const HELD_MS = 300;

const RUN = { source: "a", input: "b", directory: "/", policy: "p", seed: 1, startedMs: 0 };

function batchOf(n: number): StoredItem[] {
  return Array.from({ length: FRAMES }, (_, i) => {
    const frame = n * FRAMES + i + 1;
    const captured_at = new Date(frame * 33).toISOString();
    const detections = Array.from({ length: THINGS }, (_, thing) => ({
      ...{ label: thing % 3 ? "person" : "car", class_id: thing % 3, score: 0.1 * thing },
      ...{ box: [thing * 10.25, 20, 30, 40.5] as const, track_id: thing + 1 },
    }));
    return {
      record: {
        ...{ frame, source: "a", pts_ms: frame * 33, captured_at, outcome: "local", model: "m" },
        ...{ width: 640, height: 360, detections, latency_ms: 12, bytes_up: 0, bytes_down: 0 },
        ...{ server: null, decision: { policy: "p", reason: "here", height: null, quality: null } },
      },
      notes: [],
    };
  });
}

/** Milliseconds for which each batch kept the thread. */
async function measure(path: string, isHere: boolean, isHeld: boolean): Promise<number[]> {
  const thread = new DatabaseThread(path);
  const own = isHere ? new ResultsDatabase(openToWrite(path)) : undefined;
  const runId = own?.begin(RUN) ?? (await thread.ask({ ask: "begin", run: RUN })).runId!;
  using holder = isHeld ? await hold(path) : undefined;
  const times: number[] = [];
  for (let n = 0; n < BATCHES; n++) {
    const items = batchOf(n);
    if (holder && n % HELD_EVERY === 0) await holder.hold();
    const startMs = performance.now();
    if (own) own.write(runId, items);
    const asked = own ? undefined : thread.ask({ ask: "write", runId, items });
    for (let turn = 0; turn < 10; turn++) await Promise.resolve(); // in which it is posted
    times.push(performance.now() - startMs);
    await asked;
  }
  own?.close();
  if (!own) await thread.ask({ ask: "close" });
  thread.end();
  return times.sort((a, b) => a - b);
}

/** Another thread that holds the file when it is told to. */
async function hold(path: string) {
  const source = `
    import { DatabaseSync } from "node:sqlite";
    const database = new DatabaseSync(${JSON.stringify(path)});
    self.onmessage = () => {
      database.exec("BEGIN IMMEDIATE");
      self.postMessage(0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${HELD_MS});
      database.exec("COMMIT");
    };
    self.postMessage(0);`;
  const url = `data:application/typescript,${encodeURIComponent(source)}`;
  const worker = new Worker(url, { type: "module" });
  const told = () => new Promise((resolve) => worker.onmessage = resolve);
  await told();
  return {
    async hold() {
      const held = told();
      worker.postMessage(0);
      await held;
    },
    [Symbol.dispose]: () => worker.terminate(),
  };
}

const directory = Deno.args[0] ?? Deno.makeTempDirSync({ prefix: "smarteye_bench_" });
for (const isHeld of [false, true]) {
  for (const isHere of [true, false]) {
    const path = join(directory, `bench_${isHere ? "here" : "apart"}_${isHeld}.sqlite`);
    const times = await measure(path, isHere, isHeld);
    const at = (share: number) => times[Math.ceil(share * times.length) - 1]!.toFixed(2);
    using database = new DatabaseSync(path);
    const { n } = database.prepare("SELECT count(*) AS n FROM frames").get()!;
    const bytes = Math.round(Deno.statSync(path).size / Number(n));
    console.log(
      `${isHere ? "in this thread" : "in a Worker   "}, ${
        isHeld ? "held at times" : "alone        "
      }: ` +
        `median ${at(0.5)} ms, 99 of 100 ${at(0.99)} ms, most ${at(1)} ms; ${bytes} bytes a frame`,
    );
  }
}
