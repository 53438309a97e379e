/** Results of a scene in which two things go about: with tracks, events, stays and crossings. */

import type { Detection } from "../../core/detection.ts";
import type { Decided, Ending } from "../../edge/record.ts";
import { Scene } from "../../edge/scene/scene.ts";
import type { Note } from "../../edge/scene/note.ts";
import type { FrameResult } from "../../edge/sink/sink.ts";
import type { RuleOptions } from "../../edge/rules/options.ts";
import type { ZoneOptions } from "../../edge/zones/options.ts";
import { snapshot } from "./snapshot.ts";
import { FakePicture } from "./source.ts";

const ANY = { classes: [], anchor: "bottom", sources: [] } as const;

const ZONES: readonly ZoneOptions[] = [
  {
    ...{ ...ANY, name: "yard", dwellMs: 400 },
    shape: { kind: "polygon", points: [[0.2, 0.5], [0.7, 0.5], [0.7, 1], [0.2, 1]] },
  },
  { ...ANY, name: "step", dwellMs: 0, shape: { kind: "line", from: [0.5, 0], to: [0.5, 1] } },
];

const BESIDE = { place: "cloud", model: "big", height: 240, quality: 75, reason: "b" } as const;

/** Every form of decision that a record may tell. */
const DECIDED: readonly (Decided | undefined)[] = [
  undefined,
  {
    ...{ policy: "p", snapshot: snapshot() },
    decision: { place: "local", model: "m", reason: "here" },
  },
  {
    ...{ policy: "p", snapshot: snapshot(), shadow: { ...BESIDE, agrees: false } },
    decision: { place: "cloud", model: "big", height: 360, quality: 75, reason: "busy" },
  },
];

/** What is found in a frame: one goes right, and one left for a while. */
function endingOf(i: number): Ending {
  const traffic = { bytesUp: 1000 + i, bytesDown: 200 };
  if (i === 5) return { outcome: "failed", detail: "torn" };
  if (i === 9) return { outcome: "dropped", detail: "late", traffic };
  if (i % 7 === 3) return { outcome: "filtered", detail: "still" };
  const detections: Detection[] = [
    { label: "person", class_id: 0, score: 0.9, box: [i * 8, 100, i * 8 + 40.5, 300] },
  ];
  if (i < 40) {
    const mask = { size: [2, 2], counts: [1, 2, 1] } as const;
    const box = [560 - i * 8, 200, 640 - i * 8, 340] as const;
    detections.push({ label: "car", class_id: 2, score: 0.71, box, mask });
  }
  return i % 3 === 0
    ? { outcome: "cloud", model: "big", server: "s1", traffic, findings: { detections } }
    : {
      ...{ outcome: "local", model: "m", findings: { detections } },
      ...(i % 5 === 0 ? { fallback: "it answers 503", traffic } : {}),
    };
}

/** What such a run gives to its sinks, and what it tells when all frames are there. */
export function sceneResults(
  source = "door",
  frames = 80,
  rules: readonly RuleOptions[] = [],
): {
  readonly results: readonly FrameResult[];
  readonly rest: readonly Note[];
} {
  const scene = new Scene({ source, track: true, isOneScene: false, zones: ZONES, rules });
  const results = Array.from({ length: frames }, (_, i) => {
    const picture = Object.assign(new FakePicture(i * 40), i === 2 ? { file: "a.jpg" } : {});
    const capturedAtMs = Date.UTC(2026, 0, 31, 16, 45) + i * 40;
    return scene.resultOf({
      frame: { index: i + 1, capturedAtMs, startAtMs: 0, picture },
      ...{ decided: DECIDED[i % 3], ending: endingOf(i), latencyMs: 12.345 + i },
    });
  });
  const at = new Date(Date.UTC(2026, 0, 31, 16, 46)).toISOString();
  const ended: Note = { event: "source", source, state: "ended", at, frame: frames };
  return { results, rest: [...scene.end(), ended] };
}
