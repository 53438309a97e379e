import assert from "node:assert/strict";
import type { EventEnd, EventState, LineRecord } from "../../../edge/events/event_record.ts";
import { BEGAN_MS, timeAt } from "../../../tests/fakes/stored_run.ts";
import { Things } from "./things.ts";

function line(n: number, event: "open" | "close" | "line", more: object = {}) {
  return {
    ...{ event, id: `e${n}`, label: n % 2 ? "car" : "person", labels: { car: 0.8, person: 0.2 } },
    ...{ started_at: timeAt(n * 1000), at: timeAt(n * 1000 + 500), zones: [] },
    ...{ best: { score: 0.9 }, snapshot: `events/e${n}.jpg` },
    ...more,
  } as unknown as EventState & EventEnd & LineRecord;
}

Deno.test("events: the longest and the latest are kept, all are counted", () => {
  const things = new Things(3);
  for (let n = 1; n <= 50; n++) {
    things.hear(line(n, "open"));
    if (n === 7) {
      for (const direction of ["in", "in", "out"] as const) {
        things.hear(line(n, "line", { line: "gate", direction }));
      }
    }
    const zones = [{ zone: "porch", seconds: 2 }, { zone: "porch", seconds: 1 }];
    if (n < 50) things.hear(line(n, "close", { duration_s: n === 7 ? 99 : n / 10, zones }));
  }
  assert.equal(things.count, 49);
  things.end(); // the last one was never closed
  assert.equal(things.count, 50);
  assert.deepEqual(things.labels.all(), { car: 25, person: 25 });
  assert.deepEqual(things.longest.map(({ id }) => id), ["e7", "e49", "e48"]);
  assert.deepEqual(things.latest.map(({ id }) => id), ["e50", "e49", "e48"]);
  const [longest] = things.longest;
  assert.deepEqual(longest!.lines, [{ line: "gate", in: 2, out: 1 }]);
  assert.deepEqual(longest!.zones, [["porch", 3]]);
  assert.deepEqual(longest!.labels, [["car", 0.8], ["person", 0.2]]);
  const [last] = things.latest;
  assert.deepEqual([last!.isClosed, last!.seconds, last!.startedMs], [
    ...[false, 0.5, BEGAN_MS + 50_000],
  ]);
});

Deno.test("events that are never closed are bounded, and counted", () => {
  const things = new Things(3);
  for (let n = 1; n <= 5000; n++) things.hear(line(n, "open"));
  assert.equal(things.count, 3000);
  things.end();
  assert.equal(things.count, 5000);
});
