import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { framesOf, type Sight, type Walk } from "../../tests/fakes/walks.ts";
import type { SeenFrame } from "../scene/seen_frame.ts";
import type { ZoneNote } from "./note.ts";
import type { ZoneOptions } from "./options.ts";
import { ZoneWatch } from "./zone_watch.ts";

const ZONE: ZoneOptions = {
  name: "yard",
  shape: { kind: "polygon", points: [[0.25, 0.5], [0.75, 0.5], [0.75, 1], [0.25, 1]] },
  classes: [],
  dwellMs: 0,
  anchor: "bottom",
  sources: [],
};

const WELL: Sight = { fps: 10, jitter: 0.02, flicker: 0, lossesPerS: 0, lossMaxS: 1, newIds: 0 };

/** Comes from above, stays in the yard for about four seconds, and goes back. */
const VISIT: Walk = {
  ...{ label: "person", tall: 60, startS: 0 },
  way: [[[320, 150], 0], [[320, 330], 3], [[320, 331], 1], [[320, 150], 3], [[320, 149], 1]],
};

/** What was told, in short: `enter@2.1`, by when that began. */
function short(notes: readonly ZoneNote[]): string[] {
  return notes.flatMap((note) =>
    note.event === "cross" ? [] : [
      [
        note.event,
        `from ${((note.startedWallMs - 1.8e12) / 1000).toFixed(1)}`,
        `for ${(note.dwellMs / 1000).toFixed(1)}`,
        ...note.ended ? ["ended"] : [],
        ...note.continues ? [`was ${note.continues}`] : [],
      ].join(" "),
    ]
  );
}

function seen(watch: ZoneWatch, walks: readonly Walk[], seconds: number, sight = WELL) {
  return [...framesOf(walks, sight, seconds, seededRng(1))]
    .flatMap((frame) => watch.see(frame).notes);
}

function frame(index: number, parts: Partial<SeenFrame> = {}): SeenFrame {
  const atMs = index * 100;
  return {
    ...{ index, atMs, wallMs: 1.8e12 + atMs, width: 640, height: 480 },
    ...{ detections: [], ended: [], place: "local", ...parts },
  };
}

function person(x: number, y: number, track_id?: number) {
  const box = [x - 12, y - 60, x + 12, y] as const;
  const detection = { label: "person", class_id: 0, score: 0.8, box };
  return track_id === undefined ? detection : { ...detection, track_id };
}

for (const fps of [2, 10, 25]) {
  Deno.test(`a stay is told when it begins and when it is over, at ${fps} frames a second`, () => {
    const watch = new ZoneWatch([{ ...ZONE, dwellMs: 1500 }]);
    const notes = seen(watch, [VISIT], 8, { ...WELL, fps });
    assert.deepEqual(notes.map(({ event }) => event), ["enter", "loiter", "leave"]);
    const [enter, loiter, leave] = notes as [ZoneNote, ZoneNote, ZoneNote];
    assert.ok(enter.event !== "cross" && loiter.event !== "cross" && leave.event !== "cross");
    // It is in it from 1.5 to 5.5 s.
    assert.ok(Math.abs(enter.startedWallMs - 1.8e12 - 1500) <= 300 + 500 / fps);
    assert.ok(Math.abs(leave.dwellMs - 4000) <= 600 + 500 / fps, `${leave.dwellMs}`);
    assert.ok(loiter.dwellMs >= 1500 && loiter.dwellMs < 1600 + 1000 / fps);
    assert.deepEqual(watch.occupancy(), { yard: 0 });
  });
}

Deno.test("what stands at a zone's edge for minutes does not enter and leave again and again", () => {
  for (const fps of [2, 25]) {
    const walk: Walk = { ...VISIT, way: [[[320, 150], 0], [[320, 240], 2], [[321, 240], 600]] };
    const notes = seen(new ZoneWatch([ZONE]), [walk], 600, { ...WELL, fps, jitter: 0.05 });
    assert.ok(notes.length <= 2, `${notes.length} notes at ${fps} frames a second`);
  }
});

Deno.test("a zone that is narrower than things' boxes tremble is entered all the same", () => {
  const strip: ZoneOptions = {
    ...ZONE,
    shape: { kind: "polygon", points: [[0, 0.68], [1, 0.68], [1, 0.7], [0, 0.7]] },
  };
  const walk: Walk = { ...VISIT, way: [[[320, 200], 0], [[320, 331], 2], [[321, 331], 9]] };
  const notes = seen(new ZoneWatch([strip]), [walk], 10);
  assert.deepEqual(notes.map(({ event }) => event), ["enter"]);
});

Deno.test("who is cut by the frame's edge stands in a zone that reaches to it", () => {
  const watch = new ZoneWatch([ZONE]);
  const box = [300, 440, 330, 481] as const;
  const cut = { label: "person", class_id: 0, score: 0.8, box, track_id: 1 };
  const notes = Array.from({ length: 5 }, (_, i) => watch.see(frame(i, { detections: [cut] })));
  assert.deepEqual(notes.flatMap(({ notes }) => short(notes)), ["enter from 0.0 for 0.2"]);
});

Deno.test("detections say in which zones they stand, also those without a track", () => {
  const centre: ZoneOptions = { ...ZONE, name: "centre", anchor: "center", classes: ["person"] };
  const watch = new ZoneWatch([ZONE, centre]);
  const car = { ...person(320, 300), label: "car" };
  const { detections } = watch.see(
    frame(1, { detections: [person(320, 250), person(320, 300, 4), car, person(100, 300)] }),
  );
  assert.deepEqual(
    detections.map((one) => one.zones),
    [["yard"], ["yard", "centre"], ["yard"], undefined],
  );
});

Deno.test("without zones nothing is touched", () => {
  const given = frame(1, { detections: [person(1, 1, 1)] });
  const { detections, notes } = new ZoneWatch([]).see(given);
  assert.equal(detections, given.detections);
  assert.deepEqual(notes, []);
});

Deno.test("a zone goes by what a track is, not by what one frame takes it for", () => {
  const watch = new ZoneWatch([{ ...ZONE, classes: ["person"] }]);
  const notes = Array.from({ length: 40 }, (_, i) => {
    const label = i % 5 === 4 ? "motorcycle" : "person";
    return watch.see(frame(i, { detections: [{ ...person(320, 300, 1), label }] }));
  });
  assert.deepEqual(notes.flatMap(({ notes }) => short(notes)), ["enter from 0.0 for 0.2"]);
  assert.ok(notes.every(({ detections }) => detections[0]!.zones?.[0] === "yard"));
  const dogs = new ZoneWatch([{ ...ZONE, classes: ["dog"] }]);
  assert.deepEqual(seen(dogs, [VISIT], 8), []);
});

Deno.test("a track that ends in a zone leaves it, and so does all at the run's end", () => {
  const watch = new ZoneWatch([ZONE]);
  const notes = [];
  for (let i = 0; i < 10; i++) {
    const detections = [person(320, 300, 1), person(400, 400, 2)];
    notes.push(...watch.see(frame(i, { detections })).notes);
  }
  assert.deepEqual(watch.occupancy(), { yard: 2 });
  notes.push(...watch.see(frame(40, { ended: [1] })).notes);
  assert.deepEqual(watch.occupancy(), { yard: 1 });
  notes.push(...watch.close({ index: 40, atMs: 4000, wallMs: 1.8e12 + 4000 }));
  assert.deepEqual(short(notes), [
    "enter from 0.0 for 0.2",
    "enter from 0.0 for 0.2",
    "leave from 0.0 for 0.9 ended",
    "leave from 0.0 for 0.9 ended",
  ]);
});

Deno.test("a stay goes on under another number, and loiters once", () => {
  const watch = new ZoneWatch([{ ...ZONE, dwellMs: 1500 }]);
  const notes = [];
  for (let i = 0; i < 60; i++) {
    const track = i < 10 ? 1 : i < 40 ? 2 : 3;
    const isLost = (i >= 10 && i < 14) || (i >= 40 && i < 50);
    const detections = isLost ? [] : [person(320 + i / 2, 300, track)];
    notes.push(...watch.see(frame(i, { detections })).notes);
  }
  assert.deepEqual(short(notes), [
    "enter from 0.0 for 0.2",
    "leave from 0.0 for 0.9 ended",
    "enter from 0.0 for 1.4 was 1",
    "loiter from 0.0 for 1.5",
    "leave from 0.0 for 3.9 ended",
    "enter from 0.0 for 5.0 was 2",
  ]);
});

Deno.test("what is only carried forward enters nothing, and loiters while it is there", () => {
  const watch = new ZoneWatch([{ ...ZONE, dwellMs: 1000 }]);
  const notes = [];
  for (let i = 0; i < 40; i++) {
    const isInferred = i % 20 === 0;
    // Carried too far: it is seen outside again at 2 s, and at 2.1 s a guess is outside, too.
    const y = i < 20 && i > 0 ? 300 : 150;
    notes.push(
      ...watch.see(
        frame(i, {
          detections: [person(320, y, 1), person(400, 400, 2)],
          place: isInferred ? "cloud" : undefined,
        }),
      ).notes,
    );
  }
  assert.deepEqual(notes.map(({ track_id, event }) => [track_id, event]), [
    [2, "enter"],
    [2, "loiter"],
  ]);
});

Deno.test("a camera that comes back with another resolution begins anew, where it was in shares", () => {
  const watch = new ZoneWatch([ZONE]);
  const notes = [];
  for (let i = 0; i < 20; i++) {
    const scale = i < 10 ? 1 : 2;
    const one = person(320 * scale, 300 * scale, 1);
    notes.push(
      ...watch.see(
        frame(i, { width: 640 * scale, height: 480 * scale, detections: [one] }),
      ).notes,
    );
  }
  assert.deepEqual(short(notes), [
    "enter from 0.0 for 0.2",
    "leave from 0.0 for 0.9 ended",
    "enter from 1.0 for 0.2",
  ]);
});

Deno.test("tracks that ended are forgotten", () => {
  const watch = new ZoneWatch([ZONE]);
  for (let i = 0; i < 5000; i++) {
    const x = i % 2 === 0 ? 200 : 440; // none of them continues the one before
    watch.see(frame(i, { detections: [person(x, 300, i + 1)], ended: i > 30 ? [i - 30] : [] }));
    assert.ok(watch.known <= 65, `${watch.known}`);
  }
});
