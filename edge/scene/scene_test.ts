import assert from "node:assert/strict";
import type { Box, Classification } from "../../core/detection.ts";
import type { Frame } from "../../core/frame.ts";
import { FakePicture } from "../../tests/fakes/source.ts";
import type { Ending } from "../record.ts";
import { Scene, type SceneParts } from "./scene.ts";

const SIZE = { width: 640, height: 360 };

/** A scene, and frames for it, 40 ms apart. */
class Watching {
  readonly scene: Scene;
  #index = 0;

  constructor(parts: Partial<SceneParts> = {}) {
    this.scene = new Scene({
      ...{ source: "door", track: true, isOneScene: false, zones: [], ...parts },
    });
  }

  /** The next frame, `file` and size of which may be others than before. */
  see(ending: Ending, { file, size = SIZE }: { file?: string; size?: typeof SIZE } = {}) {
    const index = ++this.#index;
    const picture = new FakePicture((index - 1) * 40, size.width, size.height);
    if (file !== undefined) Object.assign(picture, { file });
    const frame: Frame = { index, capturedAtMs: index * 40, startAtMs: 0, picture };
    return this.scene.resultOf({ frame, decided: undefined, ending, latencyMs: 1 });
  }
}

const FILTERED: Ending = { outcome: "filtered", detail: "nothing new" };

/** A person at x was found. */
function found(x: number, more: object = {}): Ending {
  const box: Box = [x, 100, x + 40, 220];
  const detection = { label: "person", class_id: 0, score: 0.9, box, ...more };
  return { outcome: "local", model: "m", findings: { detections: [detection] } };
}

Deno.test("a filtered frame shows the last result, moved on by its tracks, and says how old it is", () => {
  const watching = new Watching();
  const mask = { size: [2, 2], counts: [4] };
  for (let x = 100; x < 200; x += 10) watching.see(found(x, { mask }));
  const first = watching.see(FILTERED).record;
  const second = watching.see(FILTERED).record;
  assert.deepEqual([first.inferred, first.age_ms, second.age_ms], [false, 40, 80]);
  const [one, two] = [first.detections![0]!, second.detections![0]!];
  assert.deepEqual([one.label, one.score, one.track_id], ["person", 0.9, 1]);
  assert.equal(one.mask, undefined, "nobody knows its outline any more");
  assert.ok(one.box[0] > 194 && one.box[0] < 206, `moved on to ${one.box[0]}`);
  assert.ok(two.box[0] > one.box[0] + 4 && two.box[0] < one.box[0] + 16, `then to ${two.box[0]}`);
  const inferred = watching.see(found(220)).record;
  assert.equal(inferred.inferred, undefined);
  assert.equal(inferred.age_ms, undefined);
  assert.equal(inferred.detections![0]!.track_id, 1, "it is the same one");
});

Deno.test("where nothing moves, boxes stay where they were found, for however long", () => {
  const watching = new Watching();
  for (let x = 100; x < 200; x += 10) watching.see(found(x));
  const still: Ending = { ...FILTERED, still: true } as Ending;
  for (let i = 0; i < 1000; i++) {
    assert.deepEqual(watching.see(still).record.detections![0]!.box, [190, 100, 230, 220]);
  }
});

Deno.test("a frame that was dropped or cannot be read shows nothing, nor one before any result", () => {
  const watching = new Watching();
  assert.equal(watching.see(FILTERED).shown, undefined);
  watching.see(found(100));
  for (const outcome of ["dropped", "failed"] as const) {
    const { record, shown } = watching.see({ outcome, detail: "late" });
    assert.equal(shown, undefined);
    assert.equal(record.detections, undefined);
  }
  assert.equal(watching.see(FILTERED).record.age_ms, 120);
});

Deno.test("what has left the picture is not carried on, what stands at its edge is cut there", () => {
  const watching = new Watching();
  for (let x = 500; x <= 600; x += 20) watching.see(found(x));
  const shown = Array.from({ length: 8 }, () => watching.see(FILTERED).record.detections!);
  assert.equal(shown[0]![0]!.box[2], 640);
  assert.deepEqual(shown.at(-1), []);
});

Deno.test("another file, and another size, are another scene: tracks end, and their numbers go on", () => {
  for (const other of [{ file: "b.mp4" }, { size: { width: 1280, height: 720 }, file: "a.mp4" }]) {
    const watching = new Watching();
    for (let i = 0; i < 3; i++) watching.see(found(100), { file: "a.mp4" });
    assert.equal(watching.see(FILTERED, other).shown, undefined);
    const { record, notes } = watching.see(found(100), other);
    assert.equal(record.detections![0]!.track_id, 2);
    assert.ok(notes.some(({ event }) => event === "open"));
    assert.equal(watching.scene.totals().tracks, 2);
  }
});

Deno.test("numbered images of one scene keep their tracks, photographs have none", () => {
  const numbered = new Watching({ isOneScene: true });
  const ids = ["1.jpg", "2.jpg", "3.jpg"].map((file) =>
    numbered.see(found(100), { file }).record.detections![0]!.track_id
  );
  assert.deepEqual(ids, [1, 1, 1]);
  const photographs = new Watching({ track: false });
  const { record, notes } = photographs.see(found(100));
  assert.equal(record.detections![0]!.track_id, undefined);
  assert.deepEqual(notes, []);
  assert.equal(photographs.scene.tracks, 0);
});

Deno.test("a classification is carried on as it is", () => {
  const watching = new Watching();
  const classifications: Classification[] = [{ label: "cat", class_id: 1, score: 0.8 }];
  watching.see({ outcome: "local", model: "m", findings: { classifications } });
  const { record } = watching.see(FILTERED);
  assert.deepEqual([record.classifications, record.inferred], [classifications, false]);
});

Deno.test("at the end all stays and events end, once", () => {
  const points = [[0, 0], [1, 0], [1, 1], [0, 1]] as const;
  const watching = new Watching({
    zones: [{
      ...{ name: "all", shape: { kind: "polygon", points }, classes: [], dwellMs: 0 },
      ...{ anchor: "bottom", sources: [] },
    }],
  });
  for (let i = 0; i < 30; i++) watching.see(found(100 + i));
  assert.deepEqual(watching.scene.occupancy(), { all: 1 });
  const told = watching.scene.end().map(({ event }) => event);
  assert.deepEqual(told, ["leave", "close"]);
  assert.deepEqual(watching.scene.end(), []);
});
