import assert from "node:assert/strict";
import { isWithin, readHours, wallTime } from "./hours.ts";

/** A time of the week, `0` is Sunday, within some hours. */
function holds(text: string, day: number, clock: string): boolean {
  const read = readHours(text);
  assert.ok("value" in read, text);
  const [hour, minute] = clock.split(":").map(Number);
  return isWithin(read.value, { day, minute: hour! * 60 + minute! });
}

Deno.test("hours are from their beginning to before their end, over midnight too, by the day they begin", () => {
  for (
    const [text, day, clock, expected] of [
      ["08:00-18:00", 0, "08:00", true],
      ["08:00-18:00", 0, "17:59", true],
      ["08:00-18:00", 0, "18:00", false],
      ["08:00-18:00", 0, "07:59", false],
      ["22:00-06:00", 3, "23:00", true],
      ["22:00-06:00", 3, "05:59", true],
      ["22:00-06:00", 3, "06:00", false],
      ["mon-fri 08:00-18:00", 1, "12:00", true],
      ["mon-fri 08:00-18:00", 6, "12:00", false],
      ["fri 22:00-06:00", 5, "23:00", true],
      ["fri 22:00-06:00", 6, "05:00", true],
      ["fri 22:00-06:00", 5, "05:00", false],
      ["sat-mon 10:00-11:00", 0, "10:30", true],
      ["sat-mon 10:00-11:00", 2, "10:30", false],
      ["sun 00:00-24:00", 0, "23:59", true],
      ["sun 22:00-24:00", 1, "00:00", false],
      ["Mon 8:00 - 9:00, tue 10:00-11:00", 2, "10:00", true],
      ["Mon 8:00 - 9:00, tue 10:00-11:00", 2, "08:00", false],
    ] as const
  ) assert.equal(holds(text, day, clock), expected, `${text} on ${day} at ${clock}`);
  assert.ok(isWithin([], { day: 0, minute: 0 }), "without hours at any time");
});

Deno.test("what is no time says what is wrong with it", () => {
  for (
    const [text, hint] of [
      ["nights", "nights is no time such as 22:00-06:00"],
      ["22-6", "22-6 is no time such as 22:00-06:00"],
      ["25:00-26:00", "25:00 is no time of a day"],
      ["24:00-06:00", "24:00 is no time of a day"],
      ["22:00-06:75", "06:75 is no time of a day"],
      ["08:00-08:00", "08:00 to 08:00 is no time at all; 00:00-24:00 is a day"],
      [
        "weekdays 08:00-18:00",
        "weekdays is none of sun, mon, tue, wed, thu, fri, sat, or such as mon-fri",
      ],
      [
        "mon-fry 08:00-18:00",
        "mon-fry is none of sun, mon, tue, wed, thu, fri, sat, or such as mon-fri",
      ],
      [
        "mon-tue-wed 08:00-09:00",
        "mon-tue-wed is none of sun, mon, tue, wed, thu, fri, sat, or such as mon-fri",
      ],
      ["08:00-09:00,", "nothing is no time such as 22:00-06:00"],
    ] as const
  ) assert.deepEqual(readHours(text), { hint }, text);
});

Deno.test("the clock on the wall counts on days of 23 and 25 hours", () => {
  const before = Deno.env.get("TZ");
  Deno.env.set("TZ", "Europe/Berlin");
  try {
    // 2026-03-29: 01:59 is followed by 03:00; 2026-10-25: 02:00 to 03:00 is there twice.
    const at = (iso: string) => wallTime(Date.parse(iso));
    assert.deepEqual(at("2026-03-29T00:59:00Z"), { day: 0, minute: 119 });
    assert.deepEqual(at("2026-03-29T01:00:00Z"), { day: 0, minute: 180 });
    assert.deepEqual(at("2026-10-25T00:30:00Z"), { day: 0, minute: 150 });
    assert.deepEqual(at("2026-10-25T01:30:00Z"), { day: 0, minute: 150 });
    assert.deepEqual(at("2026-10-25T05:30:00Z"), { day: 0, minute: 390 });
  } finally {
    if (before === undefined) Deno.env.delete("TZ");
    else Deno.env.set("TZ", before);
  }
});
