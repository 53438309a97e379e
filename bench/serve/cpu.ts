/** CPU time as Linux counts it: of a process with all its children, and of the whole machine. */

/** Clock ticks a second (`man 5 proc`; 100 on every Linux that Deno runs on). */
const TICKS_PER_SEC = 100;

/**
 * CPU milliseconds that a process and those that it started have used so far.
 *
 * @throws {Deno.errors.NotFound} when the process is not there, or this is not Linux.
 */
export function processCpuMs(pid: number): number {
  let ticks = 0;
  for (const one of family(pid)) ticks += statOf(one)?.ticks ?? 0;
  return ticks * 1000 / TICKS_PER_SEC;
}

/** CPU milliseconds that all processes of the machine have used so far. */
export function machineCpuMs(): number {
  const [line] = Deno.readTextFileSync("/proc/stat").split("\n");
  const [user, nice, system, , , irq, softirq] = line!.split(/\s+/).slice(1).map(Number);
  return (user! + nice! + system! + irq! + softirq!) * 1000 / TICKS_PER_SEC;
}

/** A process, its children and theirs. */
function family(pid: number): Set<number> {
  Deno.statSync(`/proc/${pid}`);
  const parents = new Map<number, number>();
  for (const { name } of Deno.readDirSync("/proc")) {
    const child = Number(name);
    const stat = Number.isInteger(child) ? statOf(child) : undefined;
    if (stat) parents.set(child, stat.parent);
  }
  const members = new Set([pid]);
  for (let size = 0; size < members.size;) {
    size = members.size;
    for (const [child, parent] of parents) if (members.has(parent)) members.add(child);
  }
  return members;
}

/** `undefined` of a process that has ended meanwhile. */
function statOf(pid: number): { readonly parent: number; readonly ticks: number } | undefined {
  try {
    return parseStat(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return undefined;
  }
}

/** The parent and the CPU ticks in a line of `/proc/<pid>/stat`. A name may hold anything. */
export function parseStat(line: string): { readonly parent: number; readonly ticks: number } {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}
