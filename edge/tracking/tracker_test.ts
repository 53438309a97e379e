import assert from "node:assert/strict";
import type { Box, Detection } from "../../core/detection.ts";
import { type Rng, seededRng } from "../../core/rng.ts";
import { Tracker } from "./tracker.ts";

/** A thing on its way: where it is at some second, and what it is. */
interface Walker {
  readonly label: string;
  readonly boxAt: (seconds: number) => Box;
}

const CLASSES = ["person", "bicycle", "car", "motorcycle", "bus", "truck"];

function detection(label: string, box: Box, score = 0.8): Detection {
  return { label, class_id: CLASSES.indexOf(label), score, box };
}

/** A straight way. */
function walker(
  label: string,
  [x, y]: readonly [number, number],
  [dx, dy]: readonly [number, number],
  [width, height]: readonly [number, number],
): Walker {
  return {
    label,
    boxAt: (s) => [x + dx * s, y + dy * s, x + dx * s + width, y + dy * s + height],
  };
}

/** What a detector with a little jitter says of them. */
function look(walkers: readonly Walker[], seconds: number, rng: Rng): Detection[] {
  return walkers.map(({ label, boxAt }) => {
    const [x1, y1, x2, y2] = boxAt(seconds);
    const jitter = () => 0.03 * (x2 - x1) * (2 * rng() - 1);
    const box = [x1 + jitter(), y1 + jitter(), x2 + jitter(), y2 + jitter()] as const;
    return detection(label, box, 0.55 + 0.4 * rng());
  });
}

/** Follows walkers and gives each one's ids, in time; `undefined` where it has none. */
function follow(
  walkers: readonly Walker[],
  fps: number,
  seconds: number,
  seed = 1,
  isSeen: (walker: number, seconds: number) => boolean = () => true,
): (number | undefined)[][] {
  const tracker = new Tracker();
  const rng = seededRng(seed);
  const ids: (number | undefined)[][] = walkers.map(() => []);
  for (let i = 0; i <= seconds * fps; i++) {
    const at = i / fps;
    const places = [...walkers.keys()].filter((place) => isSeen(place, at));
    const seen = look(places.map((place) => walkers[place]!), at, rng);
    const { detections } = tracker.update(seen, 1000 * at);
    detections.forEach(({ track_id }, k) => ids[places[k]!]!.push(track_id));
  }
  return ids;
}

/** The ids, each once, in order of appearance. */
const distinct = (ids: readonly (number | undefined)[]) => [
  ...new Set(ids.filter((id) => id !== undefined)),
];

/** Pictures of things that come, go, jitter, are missed and mistaken. */
function commotion(seed: number, pictures: number): { detections: Detection[]; atMs: number }[] {
  const rng = seededRng(seed);
  const things = Array.from({ length: 12 }, () => ({
    label: CLASSES[Math.floor(rng() * CLASSES.length)]!,
    x: 600 * rng(),
    y: 300 * rng(),
    size: 10 + 60 * rng(),
  }));
  let atMs = 0;
  return Array.from({ length: pictures }, () => {
    atMs += rng() < 0.05 ? 3000 * rng() : 20 + 400 * rng();
    for (const thing of things) {
      thing.x += 30 * (rng() - 0.5);
      thing.y += 20 * (rng() - 0.5);
    }
    const detections = things.filter(() => rng() < 0.8).map(({ label, x, y, size }) => {
      const said = rng() < 0.1 ? CLASSES[Math.floor(rng() * CLASSES.length)]! : label;
      return detection(said, [x, y, x + size, y + size * (0.5 + rng())], 0.3 + 0.7 * rng());
    });
    return { detections, atMs };
  });
}

for (const seed of [1, 2, 3]) {
  Deno.test(`Tracker: in a commotion (${seed}) ids are unique, ordered and never used again`, () => {
    const tracker = new Tracker();
    const over = new Set<number>();
    let greatest = 0;
    let withId = 0;
    const pictures = commotion(seed, 400);
    for (const [index, { detections, atMs }] of pictures.entries()) {
      const update = tracker.update(detections, atMs);
      assert.deepEqual(
        update.detections.map(({ track_id: _, ...detection }) => detection),
        detections,
      );
      const ids = update.detections.flatMap(({ track_id }) => track_id ?? []);
      assert.equal(new Set(ids).size, ids.length, "a track has two boxes");
      assert.equal(tracker.count, ids.length);
      for (const id of ids) {
        assert.ok(Number.isInteger(id) && id >= 1 && !over.has(id), `${id} is used again`);
        greatest = Math.max(greatest, id);
      }
      withId += ids.length;
      for (const id of update.ended) {
        assert.ok(!over.has(id), `${id} ends twice`);
        over.add(id);
      }
      if (index === 200) tracker.reset().forEach((id) => over.add(id));
    }
    assert.ok(withId > 1000);
    const rest = tracker.reset();
    assert.equal(over.size + rest.length, greatest, "each id ends once");
    assert.equal(tracker.count, 0);
  });
}

Deno.test("Tracker: the same pictures give the same ids, whoever asks where things are", () => {
  const [one, other] = [new Tracker(), new Tracker()];
  for (const { detections, atMs } of commotion(4, 200)) {
    const plain = one.update(detections, atMs);
    assert.deepEqual(other.update(detections, atMs), plain);
    assert.deepEqual(other.at(atMs + 500), other.at(atMs + 500));
    other.at(atMs + 5000, { still: true });
    assert.equal(other.at(atMs).length, other.count);
  }
});

for (const fps of [25, 10, 3, 2]) {
  Deno.test(`Tracker: things that do not meet keep one id each at ${fps} frames/s`, () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const ids = follow(
        [
          walker("person", [20, 20], [30, 0], [25, 70]),
          walker("person", [600, 130], [-40, 2], [25, 70]),
          walker("car", [0, 260], [130, 0], [140, 60]),
          walker("car", [700, 360], [-150, 0], [140, 60]),
          walker("bicycle", [0, 460], [60, 0], [60, 60]),
        ],
        fps,
        6,
        seed,
      );
      ids.forEach((of, place) => assert.equal(distinct(of).length, 1, `${place}: ${of}`));
      assert.equal(new Set(ids.flatMap(distinct)).size, 5);
    }
  });

  Deno.test(`Tracker: a gap of 1.5 s in a straight way keeps the id at ${fps} frames/s`, () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const hidden = (_: number, s: number) => s <= 3 || s >= 4.5;
      const [person, car] = follow(
        [
          walker("person", [20, 20], [30, 0], [25, 70]),
          walker("car", [0, 260], [100, 0], [140, 60]),
        ],
        fps,
        7,
        seed,
        hidden,
      );
      assert.equal(distinct(person!).length, 1, `${person}`);
      assert.equal(distinct(car!).length, 1, `${car}`);
    }
  });
}

for (const fps of [25, 10, 5, 3]) {
  Deno.test(`Tracker: two people who pass each other keep their ids at ${fps} frames/s`, () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const ids = follow(
        [
          walker("person", [20, 100], [50, 0], [30, 90]),
          walker("person", [320, 106], [-50, 0], [30, 90]),
        ],
        fps,
        6,
        seed,
      );
      for (const of of ids) assert.equal(distinct(of).length, 1, `${of}`);
    }
  });
}

Deno.test("Tracker: a label that flickers breaks no track, and the track is what it mostly was", () => {
  const tracker = new Tracker();
  const ids = new Set<number | undefined>();
  for (let i = 0; i < 30; i++) {
    const label = i % 3 === 1 ? "truck" : "car";
    const { detections } = tracker.update([detection(label, [i * 5, 0, i * 5 + 80, 50])], i * 100);
    ids.add(detections[0]!.track_id);
    assert.equal(detections[0]!.label, label);
  }
  assert.deepEqual([...ids], [1]);
  const [shown] = tracker.at(3000);
  assert.deepEqual([shown!.label, shown!.class_id], ["car", CLASSES.indexOf("car")]);
});

Deno.test("Tracker: a thing that stands there keeps its id and its place over an hour", () => {
  const tracker = new Tracker();
  const box: Box = [100, 100, 180, 150];
  for (let i = 0; i < 5; i++) tracker.update([detection("car", box)], i * 300);
  const hour = 3_600_000;
  assert.deepEqual(tracker.at(hour)[0]!.box.map(Math.round), [...box]);
  assert.deepEqual(tracker.at(hour, { still: true })[0]!.box, box);
  const { detections, ended } = tracker.update([detection("car", box)], hour);
  assert.equal(detections[0]!.track_id, 1);
  assert.deepEqual(ended, []);
});

Deno.test("Tracker: what is elsewhere after an hour is another thing", () => {
  const tracker = new Tracker();
  for (let i = 0; i < 5; i++) tracker.update([detection("car", [100, 100, 180, 150])], i * 300);
  const { detections } = tracker.update([detection("car", [300, 100, 380, 150])], 3_600_000);
  assert.equal(detections[0]!.track_id, 2);
});

Deno.test("Tracker: where a moving thing is goes on slower and slower, and not when nothing moves", () => {
  const tracker = new Tracker();
  for (let i = 0; i <= 20; i++) {
    tracker.update([detection("car", [i * 10, 0, i * 10 + 80, 50])], i * 100);
  }
  const left = (atMs: number) => tracker.at(atMs)[0]!.box[0];
  assert.ok(Math.abs(left(2200) - 220) < 3, `${left(2200)} after 0.2 s`);
  assert.ok(Math.abs(left(1900) - 190) < 3, `${left(1900)} 0.1 s before`);
  const [second, tenth, hour] = [left(3000) - 200, left(12_000) - 200, left(3_600_000) - 200];
  assert.ok(second > 60 && second < 100 && tenth > second && hour < 300, `${second}, ${hour}`);
  assert.deepEqual(tracker.at(3000, { still: true })[0]!.box, [200, 0, 280, 50]);
});

Deno.test("Tracker: a track ends by inferences that do not see it, never by time alone", () => {
  const tracker = new Tracker();
  const box: Box = [100, 100, 180, 150];
  for (let i = 0; i < 5; i++) tracker.update([detection("car", box)], i * 100);
  assert.deepEqual(tracker.update([], 60_000).ended, []);
  assert.equal(tracker.count, 0);
  assert.deepEqual(tracker.at(60_000), []);
  const ended = [61_000, 62_000, 63_000, 64_000].flatMap((atMs) => tracker.update([], atMs).ended);
  assert.deepEqual(ended, [1]);
});

Deno.test("Tracker: a faint thing has an id only when it was seen again", () => {
  const tracker = new Tracker();
  const faint = detection("person", [10, 10, 30, 60], 0.35);
  const ids = [0, 100, 200, 300].map((atMs) => tracker.update([faint], atMs).detections[0]!);
  assert.equal(ids[0]!.track_id, undefined);
  assert.ok(!("track_id" in ids[0]!));
  assert.equal(ids[3]!.track_id, 1);
  // What flashes up here and there is no track.
  const other = new Tracker();
  for (let i = 0; i < 20; i++) {
    const x = i * 397 % 1800;
    const flash = detection("person", [x, 100, x + 20, 140], 0.35);
    assert.equal(other.update([flash], i * 100).detections[0]!.track_id, undefined);
  }
});

Deno.test("Tracker: two boxes on one thing are one track", () => {
  const tracker = new Tracker();
  for (let i = 0; i < 10; i++) {
    const box: Box = [i * 5, 0, i * 5 + 80, 50];
    const twice = [detection("car", box, 0.9), detection("truck", box, 0.6)];
    const { detections } = tracker.update(twice, i * 100);
    assert.deepEqual(detections.map(({ track_id }) => track_id), [1, undefined]);
  }
});

Deno.test("Tracker: reset ends what there is, and ids go on", () => {
  const tracker = new Tracker({ firstId: 5 });
  const box: Box = [100, 100, 180, 150];
  assert.equal(tracker.update([detection("car", box)], 1000).detections[0]!.track_id, 5);
  assert.deepEqual(tracker.reset(), [5]);
  assert.deepEqual(tracker.reset(), []);
  assert.equal(tracker.update([detection("car", box)], 0).detections[0]!.track_id, 6);
});

Deno.test("Tracker: thousands of boxes and boxes that are none are survived in bounded time", () => {
  const tracker = new Tracker();
  const rng = seededRng(7);
  const startAtMs = performance.now();
  for (let i = 0; i < 10; i++) {
    const many = Array.from({ length: 5000 }, () => {
      const [x, y] = [1900 * rng(), 1000 * rng()];
      return detection("person", [x, y, x + 20, y + 40], rng());
    });
    const broken = [
      detection("person", [NaN, 0, 10, 10]),
      detection("person", [10, 10, 10, 20], 1),
      detection("person", [0, 0, Infinity, 10], 1),
      detection("person", [0, 0, 10, 10], NaN),
    ];
    const { detections } = tracker.update([...broken, ...many], i * 40);
    assert.equal(detections.length, many.length + broken.length);
    assert.ok(detections.slice(0, 4).every(({ track_id }) => track_id === undefined));
    assert.ok(tracker.count <= 300);
  }
  const tookMs = performance.now() - startAtMs;
  assert.ok(tookMs < 10_000, `${tookMs} ms`);
});

Deno.test("Tracker: a time that goes back counts as no time", () => {
  const tracker = new Tracker();
  const box: Box = [100, 100, 180, 150];
  const ids = [1000, 1100, 900, 1200].map((atMs) =>
    tracker.update([detection("car", box)], atMs).detections[0]!.track_id
  );
  assert.deepEqual(ids, [1, 1, 1, 1]);
});

Deno.test("what races is followed from its second picture on, also at three frames a second", () => {
  const tracker = new Tracker();
  const ids = Array.from({ length: 6 }, (_, i) => {
    const x = 20 + 150 * i; // 8 of its sizes a second
    const detection = { label: "motorcycle", class_id: 3, score: 0.9, box: [x, 100, x + 60, 150] };
    return tracker.update([detection as unknown as Detection], i * 1000 / 3).detections[0]!
      .track_id;
  });
  assert.deepEqual(new Set(ids), new Set([1]));
});
