import assert from "node:assert/strict";
import { ago, bytes, duration, many, percent, rate, reasons, sumOf, time } from "./words.ts";

Deno.test("numbers are told as people read them", () => {
  const cases: readonly (readonly [string, string])[] = [
    ...[[0, "0 B"], [999, "999 B"], [1000, "1.0 kB"], [12_345, "12 kB"], [9_940_000, "9.9 MB"]]
      .map(([count, text]) => [bytes(count as number), text as string] as const),
    [bytes(5e18), "5000000 TB"],
    ...[[0, "0"], [9999, "9999"], [12_345, "12 k"], [1_500_000, "1.5 M"]]
      .map(([count, text]) => [many(count as number), text as string] as const),
    [duration(undefined), "–"],
    [duration(7.44), "7.4 ms"],
    [duration(182.4), "182 ms"],
    [duration(2345), "2.3 s"],
    [rate(0), "0"],
    [rate(0.033), "0.03"],
    [rate(12.34), "12.3"],
    [rate(1234.5), "1235"],
    [percent(undefined), "–"],
    [percent(0.666), "67 %"],
    [time(59.9), "59 s"],
    [time(61), "1 min 1 s"],
    [time(3 * 3600 + 125), "3 h 2 min"],
    [time(200_000), "2 d 7 h"],
    [ago(undefined), "never"],
    [ago(1.4), "now"],
    [ago(75), "1 min 15 s ago"],
    [reasons({ not_found: 1, rate_limited: 20_000 }), "20 k rate limited, 1 not found"],
    [reasons({}), ""],
    [String(sumOf({ a: 1, b: 2 })), "3"],
  ];
  for (const [told, wanted] of cases) assert.equal(told.replaceAll("\u00a0", " "), wanted);
});
