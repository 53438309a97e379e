import assert from "node:assert/strict";
import type { Box } from "../../core/detection.ts";
import { seededRng } from "../../core/rng.ts";
import { framesOf, type Sight, type Walk } from "../../tests/fakes/walks.ts";
import type { SeenFrame } from "../scene/seen_frame.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";
import { ZoneWatch } from "../zones/zone_watch.ts";
import { EventBook, eventId } from "./event_book.ts";
import type { EventEnd, EventRecord } from "./event_record.ts";

const START = Date.UTC(2026, 0, 31, 12);

function thing(box: Box, parts: Partial<TrackedDetection> = {}): TrackedDetection {
  return { label: "person", class_id: 0, score: 0.8, box, track_id: 7, ...parts };
}

function frame(index: number, detections: TrackedDetection[], parts: Partial<SeenFrame> = {}) {
  const atMs = index * 100;
  return {
    ...{ index, atMs, wallMs: START + atMs, width: 640, height: 480, detections },
    ...{ ended: [], place: "local", ...parts },
  } satisfies SeenFrame;
}

/** All that a book says of frames, and of their end. */
function told(frames: readonly SeenFrame[], book = new EventBook("door")): EventRecord[] {
  const records = frames.flatMap((one) => [...book.see(one, []).records]);
  const { index, atMs, wallMs } = frames.at(-1)!;
  return [...records, ...book.close({ index, atMs, wallMs }, [])];
}

function endOf(records: readonly EventRecord[]): EventEnd {
  const end = records.at(-1)!;
  assert.equal(end.event, "close");
  return end as EventEnd;
}

Deno.test("an event opens with its track and closes with all that came of it", () => {
  const watch = new ZoneWatch([
    {
      ...{ name: "yard", classes: [], dwellMs: 0, anchor: "bottom", sources: [] },
      shape: { kind: "polygon", points: [[0, 0.5], [1, 0.5], [1, 1], [0, 1]] },
    },
    {
      ...{ name: "step", classes: [], dwellMs: 0, anchor: "bottom", sources: [] },
      shape: { kind: "line", from: [0, 0.5], to: [1, 0.5] },
    },
  ]);
  const book = new EventBook("door");
  const records: EventRecord[] = [];
  for (let i = 0; i < 60; i++) {
    const y = i < 40 ? 150 + 5 * i : 350;
    const isGone = i >= 50;
    const seen = frame(i, isGone ? [] : [thing([300, y - 60, 324, y])], {
      place: i % 2 === 0 ? "local" : i % 4 === 1 ? "cloud" : undefined,
      ended: i === 59 ? [7] : [],
    });
    const { notes } = watch.see(seen);
    records.push(...book.see(seen, notes).records);
  }
  assert.deepEqual(records.map(({ event }) => event), [
    ...["open", "enter", "line", "update", "leave", "close"],
  ]);
  const [open, enter, line] = records as [EventRecord, EventRecord, EventRecord];
  const id = "20260131T120000000Z-door-7";
  assert.ok(records.every((one) => one.id === id && one.source === "door" && one.track_id === 7));
  assert.equal(open.started_at, "2026-01-31T12:00:00.000Z");
  assert.ok(enter.event === "enter" && enter.zone === "yard");
  assert.ok(line.event === "line" && line.direction === "in");
  assert.deepEqual(line.counts, { in: 1, out: 0 });
  const { zones, best, path, box, ...rest } = endOf(records);
  assert.deepEqual(rest, {
    event: "close",
    ...{ id, source: "door", track_id: 7, label: "person" },
    started_at: "2026-01-31T12:00:00.000Z",
    at: "2026-01-31T12:00:05.900Z",
    ...{ pts_ms: 5900, frame: 59, labels: { person: 1 }, reason: "gone" },
    ended_at: "2026-01-31T12:00:04.900Z",
    duration_s: 4.9,
    places: { local: 25, cloud: 13, carried: 12 },
    frames: 50,
    seen: [[0, 4.9]],
  });
  assert.equal(zones.length, 1);
  assert.equal(zones[0]!.left_at, "2026-01-31T12:00:04.900Z");
  assert.ok(Math.abs(zones[0]!.seconds - 2.9) < 0.3, `${zones[0]!.seconds}`);
  assert.deepEqual(path.map(([_x, _y, seconds]) => seconds), [0, 4, 4.9]);
  assert.deepEqual([best.frame, box], [0, [300, 290, 324, 350]]);
});

Deno.test("its label is what it mostly was, and a change of it is told", () => {
  const labels = ["motorcycle", "motorcycle", ...Array(28).fill("person")];
  const records = told(
    labels.map((label, i) =>
      frame(i, [thing([10, 10, 50, 90], i % 7 === 3 ? { label: "motorcycle" } : { label })])
    ),
  );
  const { label, labels: shares } = endOf(records);
  assert.deepEqual([records[0]!.label, label], ["motorcycle", "person"]);
  assert.deepEqual(shares, { person: 0.8, motorcycle: 0.2 });
  assert.equal(
    records.filter(({ event, label }) => event === "update" && label === "person").length,
    1,
  );
});

Deno.test("the picture that is kept is the largest sure and whole one, of an inferred frame", () => {
  const book = new EventBook("door");
  const box = (size: number, x = 200): Box => [x, 200, x + size, 200 + size];
  const kept = [
    thing(box(40)), // the first
    thing(box(42)), // hardly better
    thing(box(60)), // better
    thing(box(200), { score: 0.3 }), // larger, and not sure
    thing(box(80)), // carried forward
    thing(box(70, 0)), // cut by the edge
    thing(box(72)), // better
  ].map((one, i) =>
    book.see(frame(i, [one], i === 4 ? { place: undefined } : {}), []).snapshots.length
  );
  assert.deepEqual(kept, [1, 0, 1, 0, 0, 0, 1]);
  const end = book.close(frame(7, []), [])[0] as EventEnd;
  assert.deepEqual([end.best.frame, end.best.box], [6, [200, 200, 272, 272]]);
});

Deno.test("what has changed is told at most once a second", () => {
  const records = told(
    Array.from({ length: 100 }, (_, i) => frame(i, [thing([0, 0, 20 + 5 * i, 40 + 4 * i])])),
  );
  const updates = records.filter(({ event }) => event === "update");
  assert.ok(updates.length > 3 && updates.length <= 10);
  updates.reduce((before, { pts_ms }) => {
    assert.ok(pts_ms - before >= 1000);
    return pts_ms;
  }, 0);
});

Deno.test("short gaps are none, long ones are told", () => {
  const frames = Array.from({ length: 100 }, (_, i) => {
    const isLost = (i > 10 && i < 20) || (i > 40 && i < 80);
    return frame(i, isLost ? [] : [thing([10, 10, 50, 90])]);
  });
  assert.deepEqual(endOf(told(frames)).seen, [[0, 4], [8, 9.9]]);
});

Deno.test("however long it lives, an event stays small, and its path is near the way", () => {
  const way: Walk["way"] = Array.from(
    { length: 300 },
    (_, i) => [[320 + 250 * Math.cos(i / 9), 260 + 150 * Math.sin(i / 7)], i === 0 ? 0 : 2],
  );
  const walk: Walk = { label: "person", tall: 60, startS: 0, way };
  const sight: Sight = {
    ...{ fps: 5, jitter: 0.01, flicker: 0.1, lossesPerS: 0.2, lossMaxS: 2.4, newIds: 0 },
  };
  const frames = [...framesOf([walk], sight, 590, seededRng(4))];
  const end = endOf(told(frames));
  assert.ok(end.path.length <= 64 && end.path.length > 30, `${end.path.length}`);
  assert.ok(end.seen.length <= 32);
  assert.ok(JSON.stringify(end).length < 5000);
});

Deno.test("beyond so many open events, tracks are counted, and have their turn", () => {
  const book = new EventBook("door", { eventsMax: 2 });
  const box: Box = [10, 10, 50, 90];
  const all = [1, 2, 3].map((track_id) => thing(box, { track_id }));
  for (let i = 0; i < 5; i++) book.see(frame(i, all), []);
  assert.deepEqual(book.counts(), { open: 2, opened: 2, leftOut: 1 });
  book.see(frame(6, [all[1]!], { ended: [1, 3] }), []);
  book.see(frame(7, [thing(box, { track_id: 4 })]), []);
  assert.deepEqual(book.counts(), { open: 2, opened: 3, leftOut: 1 });
});

Deno.test("an event's name is in order of time, and one that a file may have", () => {
  const names = [START + 999, START + 1000, START + 86_400_000].map((ms) => eventId(ms, "a.b", 3));
  assert.deepEqual(names.toSorted(), names);
  assert.ok(names.every((name) => /^[A-Za-z0-9._-]+$/.test(name)));
});

Deno.test("the same frames come to the same records", () => {
  const frames = [...framesOf(
    [{ label: "person", tall: 60, startS: 0, way: [[[100, 100], 0], [[500, 400], 20]] }],
    { fps: 10, jitter: 0.05, flicker: 0.3, lossesPerS: 0.5, lossMaxS: 3, newIds: 0.5 },
    20,
    seededRng(5),
  )];
  assert.deepEqual(told(frames), told(frames));
});
