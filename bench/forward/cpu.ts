/** Processor time of other processes. */

/** Milliseconds of a tick, as Linux counts them. */
const TICK_MS = 10;

/** Milliseconds of all cores that a process has used, those of its children too; 0 where that cannot be seen. */
export function cpuMsOf(pid: number): number {
  try {
    const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim();
    const own = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ");
    const ms = (Number(own[11]) + Number(own[12])) * TICK_MS;
    return children.split(" ").filter(Boolean).reduce((sum, pid) => sum + cpuMsOf(Number(pid)), ms);
  } catch {
    return 0;
  }
}
