/** Local times, as people read them and as names of files and directories. */

/** Local time as `YYYY-MM-DD HH:MM:SS`. */
export function localTime(time: Date): string {
  return [dayOf(time), clockOf(time).join(":")].join(" ");
}

/** Local time as `YYYY-MM-DD_HH-MM-SS`: sorts by time and is a file name everywhere. */
export function timeName(time: Date): string {
  return [dayOf(time), clockOf(time).join("-")].join("_");
}

function dayOf(time: Date): string {
  return [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
}

function clockOf(time: Date): readonly string[] {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(two);
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
