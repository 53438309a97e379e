import assert from "node:assert/strict";
import { record } from "../../../../tests/fakes/records.ts";
import { sceneResults } from "../../../../tests/fakes/scene_results.ts";
import type { EventState } from "../../../events/event_record.ts";
import type { FrameRecord } from "../../../record.ts";
import { type FrigateEvent, FrigateEvents } from "./frigate.ts";

const KEPT = { hasSnapshot: true, hasClip: true };
const NOTHING_KEPT = { hasSnapshot: false, hasClip: false };

/** All that a listener hears of a scene. */
function heard(): FrigateEvent[] {
  const { results, rest } = sceneResults();
  const events = new FrigateEvents();
  const isState = (note: { event: string }): note is EventState =>
    ["open", "update", "close"].includes(note.event);
  const told = (note: EventState) => {
    const event = events.of(note, KEPT);
    if (note.event === "close") events.forget(note.track_id);
    return event ?? [];
  };
  return [
    ...results.flatMap(({ record, notes }) => {
      events.see(record);
      return notes.filter(isState).flatMap((note) => told(note));
    }),
    ...rest.filter(isState).flatMap((note) => told(note)),
  ];
}

Deno.test("who listens to Frigate finds each event begun, told of and ended, in its words", () => {
  const all = heard();
  const byId = Map.groupBy(all, ({ after }) => after.id);
  assert.equal(byId.size, 6);
  for (const events of byId.values()) {
    assert.equal(events[0]!.type, "new");
    assert.equal(events.at(-1)!.type, "end");
    assert.ok(events.slice(1, -1).every(({ type }) => type === "update"));
    assert.deepEqual(events[0]!.before, events[0]!.after);
    for (const [i, { before }] of events.slice(1).entries()) {
      assert.deepEqual(before, events[i]!.after, "as it was told before");
    }
    assert.ok(events.slice(0, -1).every(({ after }) => after.end_time === null));
    const { after } = events.at(-1)!;
    assert.ok(after.end_time! >= after.start_time && after.start_time > 1.7e9, "seconds");
    assert.deepEqual(after.current_zones, []);
  }
});

Deno.test("an event says what automations ask for", () => {
  const person = heard().filter(({ after }) => after.label === "person");
  const { after } = person.find(({ after }) => after.current_zones.length > 0)!;
  const { id, frame_time, start_time, score, top_score, box, snapshot, ...rest } = after;
  assert.match(id, /-door-\d+$/);
  assert.ok(frame_time >= start_time && score <= top_score && top_score === 0.9);
  assert.ok(rest.ratio > 0.19 && rest.ratio < 0.22);
  assert.ok(box.every(Number.isInteger) && snapshot!.box.every(Number.isInteger));
  assert.deepEqual(snapshot!.area, (snapshot!.box[2] - snapshot!.box[0]) * 200);
  assert.deepEqual(rest, {
    ...{ camera: "door", label: "person", sub_label: null, false_positive: false, end_time: null },
    ...{ area: (box[2] - box[0]) * (box[3] - box[1]), ratio: rest.ratio, region: [0, 0, 640, 360] },
    ...{ active: true, stationary: false, motionless_count: rest.motionless_count },
    ...{ position_changes: 0, current_zones: ["yard"], entered_zones: ["yard"] },
    ...{ has_clip: true, has_snapshot: true, thumbnail: null, attributes: {} },
    ...{ current_attributes: [], pending_loitering: false, max_severity: null },
    ...{ current_estimated_speed: 0, average_estimated_speed: 0, velocity_angle: 0, path_data: [] },
    recognized_license_plate: null,
  });
});

Deno.test("what stays where it is becomes stationary, and active when it moves on", () => {
  const events = new FrigateEvents();
  const [open] = sceneResults().results.flatMap(({ notes }) => notes) as EventState[];
  const { track_id } = open!;
  events.of(open!, NOTHING_KEPT);
  const seen = (pts_ms: number, x: number): FrameRecord =>
    record(1, {
      pts_ms,
      detections: [{
        label: "person",
        class_id: 0,
        score: 0.8,
        box: [x, 100, x + 50, 300],
        track_id,
      }],
    });
  const changes = [[0, 200], [5000, 203], [9999, 201], [10_000, 204], [15_000, 200], [16_000, 300]]
    .map(([ms, x]) => events.see(seen(ms!, x!)));
  assert.deepEqual(changes, [false, false, false, true, false, true]);
  assert.equal(events.isStationary(track_id), false);
  const { after } = events.of({ ...open!, event: "update" }, NOTHING_KEPT)!;
  assert.deepEqual([after.position_changes, after.snapshot, after.score], [1, null, 0.8]);
});

Deno.test("an event without a name is none, and one that was not told of begins with its update", () => {
  const events = new FrigateEvents();
  const [open] = sceneResults().results.flatMap(({ notes }) => notes) as EventState[];
  assert.equal(events.of({ ...open!, id: null }, KEPT), undefined);
  assert.equal(events.of({ ...open!, event: "update" }, KEPT)!.type, "new");
});
