/** Times as names of files and directories. */

/** Local time as `YYYY-MM-DD_HH-MM-SS`: sorts by time and is a file name everywhere. */
export function timeName(time: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day}_${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join("-")}`;
}
