/** Read from where the kernel tells it: each thread has its own. */

import assert from "node:assert/strict";
import { systemClock } from "../../core/clock.ts";
import { CPU } from "../provider.ts";
import { WorkerPool } from "./worker_pool.ts";

/** How nice the threads of this process are (proc_pid_stat(5), field 19), by their ids. */
function niceness(): Map<number, number> {
  const threads = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => Number(name));
  return new Map(threads.map((thread) => {
    const stat = Deno.readTextFileSync(`/proc/self/task/${thread}/stat`);
    return [thread, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16])];
  }));
}

Deno.test("Workers come after the thread that answers", async () => {
  if (Deno.build.os !== "linux") return console.log("skipped: threads have no priorities here");
  const session = { threads: 1, provider: CPU };
  const before = niceness();
  const pool = new WorkerPool({ workers: 2, session, tasksPerWorker: 1, clock: systemClock });
  try {
    const isNicer = ([thread, nice]: [number, number]) => !before.has(thread) && nice === 5;
    while ([...niceness()].filter(isNicer).length < 2) await systemClock.sleep(20);
    assert.equal(niceness().get(Deno.pid), before.get(Deno.pid));
  } finally {
    await pool.leave();
  }
});
