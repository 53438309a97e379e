/** How many Workers a machine is worth, as measured on it. */

/** Share of the throughput of all that fewer Workers must reach to be enough. */
const ENOUGH = 0.97;

/** Fewer Workers than this are not worth a measurement. */
export const MEASURED_FROM = 4;

/**
 * The least number of Workers that infer as much as `most` of them: two threads of one core share what
 * computes, and a network that waits for memory gains nothing by more cores. Fewer take less memory,
 * load sooner, and answer each request sooner.
 *
 * @param most Workers that there may be, at least 1.
 * @param throughput inferences a second of so many Workers at the same time.
 */
export async function enoughWorkers(
  most: number,
  throughput: (workers: number) => Promise<number>,
): Promise<number> {
  if (most < MEASURED_FROM) return most;
  const wanted = ENOUGH * await throughput(most);
  let enough = most;
  while (enough > 1) {
    const fewer = Math.ceil(enough / 2);
    if (await throughput(fewer) < wanted) break;
    enough = fewer;
  }
  return enough;
}
