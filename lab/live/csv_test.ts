import assert from "node:assert/strict";
import { csvText, framesCsv } from "./csv.ts";

Deno.test("fields are quoted where they have to be, and lines end as RFC 4180 has it", () => {
  const rows = [
    ["plain", 1, null, true],
    ['a "quoted" one', "with, comma", "two\nlines", -0.5],
    ["", " spaces ", "é·字", "\r"],
  ];
  assert.equal(
    csvText(["a", "b,c", "d", "e"], rows),
    'a,"b,c",d,e\r\n' +
      "plain,1,,true\r\n" +
      '"a ""quoted"" one","with, comma","two\nlines",-0.5\r\n' +
      ', spaces ,é·字,"\r"\r\n',
  );
});

Deno.test("frames that nobody was to take have no row", () => {
  const frame = {
    ...{ number: 7, ptsMs: 233.33333, outcome: "cloud", model: "a,b", latencyMs: 12.5 } as const,
    ...{ isInTime: true, bytesUp: 900, f1: 2 / 3, known: [], knownFrom: 7 },
  };
  const text = framesCsv([
    { name: "one", frames: [{ ...frame, isDue: true }, { ...frame, isDue: false }] },
  ]);
  const [head, row, ...rest] = text.split("\r\n");
  assert.equal(
    head,
    "contestant,frame,pts_ms,outcome,model,latency_ms,bytes_up,f1,in_time",
  );
  assert.equal(row, 'one,7,233.333,cloud,"a,b",12.5,900,0.6667,true');
  assert.deepEqual(rest, [""]);
});
