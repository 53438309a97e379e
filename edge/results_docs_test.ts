/** docs/results.md names every field that is written, and no other. */

import assert from "node:assert/strict";
import type { Frame } from "../core/frame.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { Thinned } from "../core/log.ts";
import { RUN_FACTS } from "../tests/fakes/run_facts.ts";
import { snapshot } from "../tests/fakes/snapshot.ts";
import { FakePicture } from "../tests/fakes/source.ts";
import { SOURCE_STATES } from "./capture/source.ts";
import type { ClipRecord } from "./clips/clip_record.ts";
import { FrameLedger } from "./ledger.ts";
import {
  type Decided,
  type Ending,
  type FrameRecord,
  recordOf,
  type SourceEventRecord,
} from "./record.ts";
import type { RuleOptions } from "./rules/options.ts";
import { type Note, resultNoteOf } from "./scene/note.ts";
import { Scene } from "./scene/scene.ts";
import { SourceAccount } from "./source_account.ts";
import { RunStatistics, type Summary } from "./statistics.ts";
import type { ZoneOptions } from "./zones/options.ts";

/** The fields of the types, also those that may be absent: the compiler holds that none is missing. */
const FRAME: Record<keyof FrameRecord, true> = {
  ...{ frame: true, source: true, file: true, pts_ms: true, captured_at: true, outcome: true },
  ...{ detail: true, fallback: true, model: true, width: true, height: true, detections: true },
  ...{
    inferred: true,
    age_ms: true,
    classifications: true,
    decision: true,
    latency_ms: true,
    bytes_up: true,
  },
  ...{ bytes_down: true, server: true },
};
const EVENT: Record<keyof SourceEventRecord, true> = {
  ...{ event: true, source: true, state: true, at: true, frame: true, detail: true },
  changed: true,
};
const CLIP: Record<keyof ClipRecord, true> = {
  ...{ event: true, id: true, source: true, clip: true, from: true, to: true, pts_ms: true },
  ...{ seconds: true, bytes: true, rules: true, at: true, frame: true, cut: true },
};
const SUMMARY: Record<keyof Summary, true> = {
  ...{ source: true, input: true, policy: true, frames: true, fallbacks: true },
  ...{ second_looks: true, shadow: true },
  ...{ hedged: true, late_decisions: true, cloud_outages: true, passed_over: true, left_out: true },
  ...{ interruptions: true, seed: true, fps: true, wall_s: true, latency_ms: true },
  ...{ bytes: true, models: true, sinks: true, error: true, rules: true, clips: true },
  ...{ tracks: true, lines: true, events_left_out: true, changes: true },
  ...{ pictures_left_out: true, deleted: true },
};

/** Objects whose keys are no fields but what is counted. */
const COUNTS = ["models", "left_out", "lines", "sinks", "rules", "changed"];

/** The fields of some objects, those in them as `decision.policy` and `detections[].box`. */
function fieldsOf(objects: readonly unknown[]): readonly string[] {
  const fields = new Set<string>();
  const add = (value: unknown, path: string) => {
    if (Array.isArray(value)) { for (const item of value) add(item, `${path}[]`); }
    else if (typeof value === "object" && value !== null && !COUNTS.includes(path)) {
      for (const [key, inner] of Object.entries(value)) {
        const field = path === "" ? key : `${path}.${key}`;
        fields.add(field);
        add(inner, field);
      }
    }
  };
  for (const object of objects) add(JSON.parse(JSON.stringify(object)), "");
  return [...fields].sort();
}

const DOCS = Deno.readTextFileSync(new URL("../docs/results.md", import.meta.url));

/** A part of the page, by its heading. */
function part(heading: string): string {
  const [, text] = DOCS.split(`\n## ${heading}\n`);
  assert.ok(text, heading);
  return text.split("\n## ")[0]!;
}

/** The fields that a part of the page explains. */
function explained(heading: string): readonly string[] {
  return [...part(heading).matchAll(/^\| `([^`]+)` +\|/gm)].map(([, field]) => field!).sort();
}

/** The example of a part of the page. */
function exampleOf(heading: string): Record<string, unknown> {
  return JSON.parse(/```json\n([^`]+)```/.exec(part(heading))![1]!);
}

const BESIDE = { place: "cloud", model: "big", height: 240, quality: 75, reason: "b" } as const;
const decided: Decided = {
  snapshot: snapshot(),
  policy: "p",
  decision: { place: "cloud", model: "big", height: 360, quality: 75, reason: "busy" },
  shadow: { ...BESIDE, agrees: false },
};
const traffic = { bytesUp: 1000, bytesDown: 200 };
const thing = { label: "car", class_id: 2, score: 0.9 };
const mask = { size: [2, 2], counts: [1, 2, 1] } as const;
const FAILED: Decided = { ...decided, shadow: { failed: "it threw" } };
const placed = { ...thing, track_id: 4, zones: ["door"] };
const ENDINGS: readonly Ending[] = [
  {
    outcome: "cloud",
    model: "big",
    findings: { detections: [{ ...placed, box: [1, 2, 3, 4], mask }] },
    server: "s",
    traffic,
  },
  { outcome: "local", model: "m", findings: { classifications: [thing] }, fallback: "gone" },
  { outcome: "failed", detail: "torn" },
];

Deno.test("every field of a frame's line is explained", () => {
  const picture = Object.assign(new FakePicture(240), { file: "a.jpg" });
  const frame: Frame = { index: 7, capturedAtMs: 0, startAtMs: 0, picture };
  const ends = [
    ...ENDINGS.map((ending) => ({ decided, ending })),
    { decided: FAILED, ending: ENDINGS[0]! },
  ];
  const records = ends.map(({ ending, decided }) => {
    const shown = "findings" in ending ? { findings: ending.findings, ageMs: 40 } : undefined;
    return recordOf(frame, { source: "door", decided, ending, shown, latencyMs: 1 });
  });
  const fields = fieldsOf(records);
  assert.deepEqual(explained("A frame"), fields);
  const top = fields.filter((field) => !/[.[]/.test(field));
  assert.deepEqual(top, Object.keys(FRAME).sort());
  for (const field of fieldsOf([exampleOf("A frame")])) assert.ok(fields.includes(field), field);
  for (const { source, captured_at } of records) {
    assert.deepEqual([source, captured_at], ["door", "1970-01-01T00:00:00.000Z"]);
  }
});

Deno.test("every field of an event's line is explained, and every state", () => {
  const events: SourceEventRecord[] = [];
  const clock = new FakeClock();
  const account = new SourceAccount({
    ...{ name: "door", live: true, clock, warnings: new Thinned(() => {}, 1000, clock) },
    ...{ captured: () => 3, note: (event) => void events.push(event) },
  });
  for (const state of SOURCE_STATES) account.hear({ kind: "state", state, detail: "why" });
  account.noteChange("policy", "another", 3);
  assert.deepEqual(explained("An event of the source"), fieldsOf(events));
  assert.deepEqual(fieldsOf(events), Object.keys(EVENT).sort());
  const example = fieldsOf([exampleOf("An event of the source")]);
  assert.deepEqual([...example, "changed"].sort(), fieldsOf(events));
  for (const state of SOURCE_STATES) {
    assert.ok(part("An event of the source").includes(`\`${state}\``), state);
  }
});

/** What happens about a person who goes from one end of the picture to the other. */
function lifeWith(...zones: Partial<ZoneOptions>[]): readonly Note[] {
  const scene = new Scene({
    ...{ source: "door", track: true, isOneScene: false },
    rules: zones.map((_, i): RuleOptions => ({
      ...{ name: `r${i}`, labels: [], places: [`z${i}`], hours: [], minimumMs: 0, scoreMin: 0 },
      ...{ cooldownMs: 0, sinks: [], sources: [] },
    })),
    zones: zones.map((zone, i): ZoneOptions => ({
      ...{ name: `z${i}`, classes: [], dwellMs: 500, anchor: "bottom", sources: [] },
      ...{ shape: { kind: "line", from: [0.5, 0], to: [0.5, 1] } },
      ...zone,
    })),
  });
  const notes = Array.from({ length: 80 }, (_, i) => {
    const [x, picture] = [i * 8, new FakePicture(i * 40)];
    const frame: Frame = { index: i + 1, capturedAtMs: i * 40, startAtMs: 0, picture };
    const box = [x, 100, x + 40, 300] as const;
    const findings = { detections: [{ label: "person", class_id: 0, score: 0.9, box }] };
    const ending: Ending = i > 70
      ? { outcome: "filtered", detail: "" }
      : { outcome: "local", model: "m", findings };
    return scene.resultOf({ frame, decided: undefined, ending, latencyMs: 1 }).notes;
  });
  return [...notes.flat(), ...scene.end()];
}

Deno.test("every field of what happens in zones is explained, and of events", () => {
  const points = [[0.2, 0.5], [0.7, 0.5], [0.7, 1], [0.2, 1]] as const;
  const notes = lifeWith({ shape: { kind: "polygon", points } }, {});
  const inZones = notes.flatMap((note) => resultNoteOf(note) ?? []);
  const kinds = new Set(inZones.map(({ event }) => event));
  assert.deepEqual([...kinds].sort(), ["cross", "enter", "leave", "loiter"]);
  const fields = [...new Set([...fieldsOf(inZones), "ended", "continues"])].sort();
  assert.deepEqual(explained("What happens in zones"), fields);
  for (const field of fieldsOf([exampleOf("What happens in zones")])) {
    assert.ok(fields.includes(field), field);
  }
  const withoutLabels = (objects: readonly unknown[]) =>
    fieldsOf(objects).filter((field) => !field.startsWith("labels."));
  const alerts = notes.filter(({ event }) => event === "alert");
  assert.deepEqual(explained("An alert"), [...withoutLabels(alerts), "snapshot"].sort());
  const shown = withoutLabels([exampleOf("An alert")]);
  for (const field of shown) assert.ok(explained("An alert").includes(field), field);
  const events = notes.filter((note) => resultNoteOf(note) === undefined && note.event !== "alert");
  const told = [...withoutLabels(events), "snapshot"].sort();
  assert.deepEqual(explained("The events"), told);
  const example = [...withoutLabels([exampleOf("The events")]), "rules"].sort();
  assert.deepEqual(example, told);
});

Deno.test("every field of a clip's line is explained", () => {
  assert.deepEqual(explained("A clip"), Object.keys(CLIP).sort());
  assert.deepEqual(fieldsOf([exampleOf("A clip")]), Object.keys(CLIP).sort());
});

/** What is told only where it happened. */
const LEFT = { error: "gone", picturesLeftOut: 1, deleted: { files: 1, bytes: 9 } };

Deno.test("every field of the summary is explained", () => {
  const statistics = new RunStatistics();
  for (const ending of ENDINGS) statistics.add(ending, 5, 0);
  const changes = [{ what: "policy", to: "another", frame: 3, at: "" }] as const;
  const summary = statistics.summary({
    ...RUN_FACTS,
    ledger: new FrameLedger(),
    ...LEFT,
    changes,
  });
  const fields = fieldsOf([summary]);
  assert.deepEqual(explained("The summary"), fields);
  const top = fields.filter((field) => !field.includes("."));
  assert.deepEqual(top, Object.keys(SUMMARY).sort());
});
