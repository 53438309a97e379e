/** Processes of this machine, to see that none is left behind. */

/** Processes whose environment holds `mark` (Linux tells; elsewhere there are none to see). */
export async function processesWith(mark: string): Promise<string[]> {
  if (Deno.build.os !== "linux") return [];
  const processes = Array.from(Deno.readDirSync("/proc"), ({ name }) => name);
  const found: string[] = [];
  for (const id of processes.filter((name) => /^\d+$/.test(name))) {
    const environment = await Deno.readTextFile(`/proc/${id}/environ`).catch(() => "");
    if (environment.includes(mark)) found.push(id);
  }
  return found;
}
