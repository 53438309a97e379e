/** Times of a week, by the clock on the wall: what it shows counts, also on a day that has 23 or 25 hours. */

/** Days as the settings name them, from Sunday, as `Date` counts them. */
export const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** Minutes of a day, as a clock shows them. */
const DAY_MINUTES = 24 * 60;

/** From one time of the day to another, on some days. */
export interface HourRange {
  /** The days on which it begins, 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight with which it begins. */
  readonly from: number;
  /** Minutes after midnight with which it is over; not after `from`: those of the day after. */
  readonly to: number;
}

/** What a clock on the wall shows. */
export interface WallTime {
  /** 0 is Sunday. */
  readonly day: number;
  /** Minutes after midnight. */
  readonly minute: number;
}

/** What it shows here at a time. @param wallMs milliseconds since the Unix epoch */
export function wallTime(wallMs: number): WallTime {
  const time = new Date(wallMs);
  return { day: time.getDay(), minute: time.getHours() * 60 + time.getMinutes() };
}

/** Whether a time is in one of the ranges; where there are none, all are meant. */
export function isWithin(hours: readonly HourRange[], { day, minute }: WallTime): boolean {
  return hours.length === 0 || hours.some(({ days, from, to }) => {
    const begins = days.includes(day);
    if (from < to) return begins && minute >= from && minute < to;
    const wasBegun = days.includes((day + 6) % 7);
    return (begins && minute >= from) || (wasBegun && minute < to);
  });
}

/** What is wanted as such times. */
export const HOURS_FORM =
  "times such as 22:00-06:00 or mon-fri 08:00-18:00, several with commas between";

/** The ranges that a text is, or else what is wrong with it. */
export function readHours(
  text: string,
): { readonly value: readonly HourRange[] } | { readonly hint: string } {
  const ranges: HourRange[] = [];
  for (const part of text.split(",").map((one) => one.trim().toLowerCase())) {
    const [, days = "", from = "", to = ""] =
      /^(?:(\S+)\s+)?(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})$/.exec(part) ?? [];
    if (from === "") return { hint: `${shown(part)} is no time such as 22:00-06:00` };
    const meant = days === "" ? DAYS.map((_, i) => i) : daysOf(days);
    if (!meant) return { hint: `${shown(days)} is none of ${DAYS.join(", ")}, or such as mon-fri` };
    const [begin, end] = [minuteOf(from), minuteOf(to)];
    if (begin === undefined || begin === DAY_MINUTES) {
      return { hint: `${from} is no time of a day` };
    }
    if (end === undefined) return { hint: `${to} is no time of a day` };
    if (begin === end) return { hint: `${from} to ${to} is no time at all; 00:00-24:00 is a day` };
    ranges.push({ days: meant, from: begin, to: end });
  }
  return { value: ranges };
}

function daysOf(text: string): readonly number[] | undefined {
  const [first, last, ...rest] = text.split("-").map((one) => DAYS.findIndex((day) => day === one));
  if (first === undefined || first < 0 || rest.length > 0) return undefined;
  if (last === undefined) return [first];
  if (last < 0) return undefined;
  return Array.from({ length: (last - first + 7) % 7 + 1 }, (_, i) => (first + i) % 7);
}

function minuteOf(text: string): number | undefined {
  const [hour, minute] = text.split(":").map(Number);
  const minutes = hour! * 60 + minute!;
  return minute! < 60 && minutes <= DAY_MINUTES ? minutes : undefined;
}

function shown(text: string): string {
  return text === "" ? "nothing" : text.length > 20 ? `${text.slice(0, 20)}…` : text;
}
