/** Rules by what the things of a scene do, and by what must hold of all of them. */

import assert from "node:assert/strict";
import type { Box } from "../../core/detection.ts";
import { pickIndex, type Rng, seededRng } from "../../core/rng.ts";
import { crossingWalk, framesOf } from "../../tests/fakes/walks.ts";
import { EventBook } from "../events/event_book.ts";
import type { AlertRecord, EventEnd, EventRecord } from "../events/event_record.ts";
import type { SeenFrame } from "../scene/seen_frame.ts";
import { RuleRoute } from "../sink/added/rule_route.ts";
import type { FrameResult } from "../sink/sink.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";
import type { ZoneOptions } from "../zones/options.ts";
import { ZoneWatch } from "../zones/zone_watch.ts";
import { readHours } from "./hours.ts";
import type { RuleOptions } from "./options.ts";
import { RuleWatch } from "./rule_watch.ts";

const START = Date.UTC(2026, 0, 31, 12);
const ANY = { classes: [], dwellMs: 0, anchor: "bottom", sources: [] } as const;
const ZONES: readonly ZoneOptions[] = [
  {
    ...{ ...ANY, name: "yard" },
    shape: { kind: "polygon", points: [[0, 0.5], [1, 0.5], [1, 1], [0, 1]] },
  },
  { ...ANY, name: "step", shape: { kind: "line", from: [0, 0.5], to: [1, 0.5] } },
];

function rule(parts: Partial<RuleOptions> = {}): RuleOptions {
  return {
    ...{ name: "r", labels: [], places: [], hours: [], minimumMs: 0, scoreMin: 0, cooldownMs: 0 },
    ...{ sinks: [], sources: [] },
    ...parts,
  };
}

/** What is said of frames, with the frame's notes apart. */
function book(rules: readonly RuleOptions[]) {
  const watch = new RuleWatch(rules);
  const events = new EventBook("door", { rules: watch });
  const zones = new ZoneWatch(ZONES);
  return {
    watch,
    see: (frame: SeenFrame) => {
      const { notes } = zones.see(frame);
      return events.see(frame, notes);
    },
    end: (end: SeenFrame) => events.close(end, zones.close(end)),
  };
}

/** Frames, ten a second, of things that stand where their feet are: `undefined` is not seen any more. */
function scene(feet: (index: number) => readonly (number | undefined)[], frames = 60) {
  const before = new Set<number>();
  return Array.from({ length: frames }, (_, index): SeenFrame => {
    const here: TrackedDetection[] = feet(index).flatMap((y, i) => {
      const box: Box = [i * 60, y! - 60, i * 60 + 24, y!];
      return y === undefined ? [] : [{
        label: "person",
        class_id: 0,
        score: 0.6 + 0.01 * (index % 10),
        box,
        track_id: i + 1,
      }];
    });
    const ended = [...before].filter((track) => !here.some(({ track_id }) => track_id === track));
    for (const track of ended) before.delete(track);
    for (const { track_id } of here) before.add(track_id!);
    return {
      ...{ index, atMs: index * 100, wallMs: START + index * 100, width: 640, height: 480 },
      ...{ detections: here, ended, place: "local" },
    };
  });
}

function told(rules: readonly RuleOptions[], frames: readonly SeenFrame[]) {
  const { see, end, watch } = book(rules);
  const records = frames.flatMap((frame) => [...see(frame).records]);
  records.push(...end(frames.at(-1)!));
  const alerts = records.filter((one): one is AlertRecord => one.event === "alert");
  const ends = records.filter((one): one is EventEnd => one.event === "close");
  return { records, alerts, ends, counts: watch.counts() };
}

/** Stands out of the yard for two seconds, then in it. */
const ENTERS = scene((i) => [i < 20 ? 150 : 400]);

for (
  const [what, parts, frame, told_] of [
    ["nothing is asked: at once", {}, 0, { seconds: 0 }],
    ["what it is", { labels: ["car", "person"] }, 0, {}],
    ["another label", { labels: ["car"] }, undefined, {}],
    ["a time: in the frame in which it is over", { minimumMs: 1300 }, 13, { seconds: 1.3 }],
    ["a score: as soon as it was seen so well", { scoreMin: 0.655 }, 6, { score: 0.66 }],
    ["a score that it never has", { scoreMin: 0.7 }, undefined, {}],
    // It is clearly in it from frame 20 on, and that is sure after 0.2 s.
    ["a zone", { places: ["yard"] }, 22, { zone: "yard", seconds: 0.2 }],
    ["a time in a zone", { places: ["yard"], minimumMs: 1000 }, 30, { zone: "yard", seconds: 1 }],
    ["a line", { places: ["step"] }, 22, { line: "step", seconds: 0 }],
    ["a line, when it was followed so long", { places: ["step"], minimumMs: 4000 }, 40, {
      seconds: 1.8,
    }],
    ["either", { places: ["step", "yard"], minimumMs: 2500 }, 25, { line: "step" }],
    ["a zone that there is not", { places: ["attic"] }, undefined, {}],
  ] as const
) {
  Deno.test(`a rule that asks for ${what}`, () => {
    const { alerts, ends, counts } = told([rule(parts)], ENTERS);
    if (frame === undefined) {
      assert.deepEqual(alerts, []);
      assert.equal(ends[0]!.rules, undefined);
      return;
    }
    const [alert] = alerts;
    assert.equal(alerts.length, 1);
    assert.equal(alert!.frame, frame);
    assert.deepEqual(alert, { ...alert, ...told_, event: "alert", rule: "r", id: ends[0]!.id! });
    assert.deepEqual(ends[0]!.rules, ["r"]);
    assert.deepEqual(counts, { r: { alerts: 1, suppressed: 0 } });
  });
}

Deno.test("hours hold for now in a zone, and for then over a line", () => {
  const minute = (ms: number) => {
    const time = new Date(START + ms);
    return `${time.getHours()}:${String(time.getMinutes()).padStart(2, "0")}`;
  };
  const read = readHours(`${minute(60_000)}-${minute(3_600_000)}`);
  assert.ok("value" in read);
  const hours = read.value;
  const frames = scene((i) => [i < 20 ? 150 : 400], 700);
  const [inZone] = told([rule({ hours, places: ["yard"] })], frames).alerts;
  assert.equal(inZone!.frame, 600, "as soon as the time comes");
  assert.deepEqual(told([rule({ hours, places: ["step"] })], frames).alerts, []);
});

Deno.test("who leaves a zone begins anew, and who was away for a moment goes on", () => {
  const leaves = scene((i) => [i < 20 ? 400 : i < 40 ? 150 : 400], 80);
  const [alert] = told([rule({ places: ["yard"], minimumMs: 2500 })], leaves).alerts;
  assert.equal(alert!.frame, 65);
});

Deno.test("a cooldown keeps others back, counts them, and their events say that they met it", () => {
  const three = scene((i) => [400, i >= 5 ? 400 : undefined, i >= 40 ? 400 : undefined]);
  const { alerts, ends, counts } = told([rule({ cooldownMs: 3000 })], three);
  assert.deepEqual(alerts.map(({ track_id, frame }) => [track_id, frame]), [[1, 0], [3, 40]]);
  assert.deepEqual(counts, { r: { alerts: 2, suppressed: 1 } });
  assert.deepEqual(ends.map(({ rules }) => rules), [["r"], ["r"], ["r"]]);
});

Deno.test("an alert stands behind its open and its zone, and before its close", () => {
  const { records } = told([rule({ places: ["yard"] })], scene((i) => [i < 5 ? 400 : undefined]));
  const events = records.map(({ event }) => event);
  assert.deepEqual(events, ["open", "enter", "alert", "leave", "close"]);
});

function anyRules(rng: Rng): readonly RuleOptions[] {
  return ["a", "b", "c", "d"].map((name) =>
    rule({
      name,
      labels: rng() < 0.5 ? [] : ["person"],
      places: [[], ["yard"], ["step"], ["yard", "step"]][pickIndex(rng, 4)]!,
      minimumMs: rng() < 0.5 ? 0 : 1500 * rng(),
      scoreMin: rng() < 0.7 ? 0 : 0.5 * rng(),
      cooldownMs: rng() < 0.5 ? 0 : 4000 * rng(),
    })
  );
}

/** Holds that a sink hears of an event once, in order, and of nothing else. */
function holdHeard(route: RuleRoute, heard: readonly EventRecord[], of: ReadonlySet<string>): void {
  const open = new Set<string>();
  const over = new Set<string>();
  for (const { id, event, ...rest } of heard) {
    assert.ok(id !== null && !over.has(id), `${event} of ${id} behind its close`);
    if (event === "open") assert.ok(!open.has(id), `a second open of ${id}`);
    else assert.ok(open.has(id), `${event} of ${id} before its open`);
    open.add(id);
    if (event === "close") over.add(id);
    if (event === "alert") assert.ok(of.has((rest as unknown as AlertRecord).rule));
  }
  assert.deepEqual(over, open, "what opens closes");
  assert.equal(route.known, 0, "nothing is kept of what is over");
}

Deno.test("of many scenes: met once by an event, told or suppressed, and heard in order", () => {
  let [all, suppressed] = [0, 0];
  for (let seed = 1; seed <= 40; seed++) {
    const rng = seededRng(seed);
    const rules = anyRules(rng);
    const walks = Array.from({ length: 6 }, (_, i) => crossingWalk(rng, 60 + 90 * i));
    const sight = {
      ...{ fps: 10, jitter: 0.03, flicker: 0.2, lossesPerS: 0.3, lossMaxS: 1.2, newIds: 0.5 },
    };
    const frames = [...framesOf(walks, sight, 25, rng)];
    const { see, end, watch } = book(rules);
    const of = new Set(rng() < 0.5 ? ["a"] : ["b", "c"]);
    const route = new RuleRoute(of);
    const records: EventRecord[] = [];
    const heard: EventRecord[] = [];
    for (const frame of frames) {
      const { records: notes, snapshots } = see(frame);
      records.push(...notes);
      const result = { notes, snapshots } as unknown as FrameResult;
      heard.push(...route.resultOf(result).notes as EventRecord[]);
    }
    const rest = end(frames.at(-1)!);
    records.push(...rest);
    heard.push(...rest.flatMap((note) => route.notesOf(note) as EventRecord[]));
    const alerts = records.filter((one): one is AlertRecord => one.event === "alert");
    const keys = alerts.map(({ id, rule }) => `${id} ${rule}`);
    assert.equal(new Set(keys).size, keys.length, `seed ${seed}: once an event`);
    const ends = records.filter((one): one is EventEnd => one.event === "close");
    for (const { name } of rules) {
      const met = ends.filter(({ rules }) => rules?.includes(name)).length;
      const counts = watch.counts()[name]!;
      assert.equal(counts.alerts + counts.suppressed, met, `seed ${seed}: ${name}`);
      assert.equal(counts.alerts, alerts.filter(({ rule }) => rule === name).length);
      [all, suppressed] = [all + met, suppressed + counts.suppressed];
    }
    const wanted = new Set(alerts.filter(({ rule }) => of.has(rule)).map(({ id }) => id));
    assert.deepEqual(new Set(heard.map(({ id }) => id)), wanted, `seed ${seed}: those, no others`);
    holdHeard(route, heard, of);
  }
  assert.ok(all > 500 && suppressed > 50, `${all} met, ${suppressed} of them suppressed`);
});
