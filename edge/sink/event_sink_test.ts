import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { PixelPicture } from "../../core/image.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { at, CountedPicture, plain } from "../../tests/fakes/pictures.ts";
import { result } from "../../tests/fakes/records.ts";
import { FakePicture } from "../../tests/fakes/source.ts";
import { Scene } from "../scene/scene.ts";
import type { ZoneOptions } from "../zones/options.ts";
import { EventSink } from "./event_sink.ts";
import { JsonlSink } from "./jsonl_sink.ts";
import type { FrameResult } from "./sink.ts";

const WHITE = [255, 255, 255] as const;
const SIZE = { width: 160, height: 90 };

/** A car that comes nearer, in a white picture each; and how it ends. */
function approach(frames: number) {
  const scene = new Scene({ source: "door", track: true, isOneScene: false, zones: ZONES });
  const results = Array.from({ length: frames }, (_, i): FrameResult => {
    const picture = new PixelPicture(plain(SIZE.width, SIZE.height, WHITE), i * 40);
    const frame = { index: i + 1, capturedAtMs: 1000 + i * 40, startAtMs: 0, picture };
    const box = [40, 20, 70 + i, 40 + i] as const;
    const findings = { detections: [{ label: "car", class_id: 2, score: 0.9, box }] };
    return scene.resultOf({
      ...{ frame, decided: undefined, latencyMs: 1 },
      ending: { outcome: "local", model: "m", findings },
    });
  });
  return { results, rest: scene.end() };
}

const ZONES: readonly ZoneOptions[] = [{
  ...{ name: "yard", classes: [], dwellMs: 0, anchor: "bottom", sources: [] },
  shape: { kind: "polygon", points: [[0, 0], [1, 0], [1, 1], [0, 1]] },
}];

const linesOf = (folder: Folder, name = "events.jsonl") =>
  Deno.readTextFileSync(folder.file(name)).trimEnd().split("\n").map((line) => JSON.parse(line));

Deno.test("an event leaves its lines, and the picture of its best frame with the thing marked", async () => {
  await using folder = new Folder();
  const sink = await EventSink.open(folder.path, new FakeClock(), true);
  const { results, rest } = approach(40);
  const pictures = results.filter(({ snapshots }) => snapshots.length > 0).length;
  assert.ok(pictures > 1 && pictures < 20, `${pictures} are better than those before by enough`);
  for (const result of results) await sink.write(result);
  for (const note of rest) await sink.note(note);
  await sink.close();
  const lines = linesOf(folder);
  assert.deepEqual(lines.map(({ event }) => event).filter((event) => event !== "update"), [
    ...["open", "enter", "leave", "close"],
  ]);
  const { id, snapshot, best, label } = lines.at(-1);
  assert.deepEqual([snapshot, label], [`events/${id}.jpg`, "car"]);
  assert.deepEqual(folder.names("events"), [`${id}.jpg`], "one a thing, and nothing half");
  const { EncodedImage } = await import("../../core/image.ts");
  const bytes = Deno.readFileSync(folder.file(snapshot));
  const image = await EncodedImage.open(bytes, { pixelsMax: 1e6 });
  const pixels = await image.rgb();
  assert.deepEqual([pixels.width, pixels.height], [SIZE.width, SIZE.height]);
  const [x1, y1, x2] = best.box;
  const isWhite = (x: number, y: number) => at(pixels, x, y).every((value) => value > 240);
  assert.ok(!isWhite(Math.round((x1 + x2) / 2), Math.round(y1)), "its box is drawn");
  assert.ok(isWhite(5, 60) && isWhite(150, 20), "and nothing else");
});

Deno.test("without snapshots there are lines alone, and no picture is asked for", async () => {
  await using folder = new Folder();
  const sink = await EventSink.open(folder.path, new FakeClock(), false);
  const { results } = approach(20);
  for (const one of results) {
    assert.ok(!sink.needsPicture(one.ending));
    const picture = new FakePicture(0);
    picture.close();
    await sink.write({ ...one, frame: { ...one.frame, picture } });
    assert.ok(!picture.usedAfterClose);
  }
  await sink.close();
  assert.deepEqual(folder.names(), ["events.jsonl"]);
  assert.ok(linesOf(folder).every(({ snapshot }) => snapshot === undefined));
});

Deno.test("frames without events cost no picture", async () => {
  await using folder = new Folder();
  const sink = await EventSink.open(folder.path, new FakeClock(), true);
  const picture = new CountedPicture();
  await sink.write(result(1, picture));
  await sink.close();
  assert.deepEqual(folder.names(), ["events.jsonl"]);
  assert.equal(picture.closed, 0);
});

Deno.test("results have what happens in zones behind the frame in which it became sure, events apart", async () => {
  await using folder = new Folder();
  const sink = await JsonlSink.open(folder.file("results.jsonl"), new FakeClock());
  const { results, rest } = approach(20);
  await Promise.all(results.map((result) => sink.write(result)));
  for (const note of rest) await sink.note(note);
  await sink.close();
  const lines = linesOf(folder, "results.jsonl");
  const told = lines.filter(({ event }) => event !== undefined);
  assert.deepEqual(told.map(({ event }) => event), ["enter", "leave"]);
  const enter = lines.findIndex(({ event }) => event === "enter");
  assert.equal(lines[enter - 1].frame, lines[enter].frame);
  assert.deepEqual(lines[enter - 1].detections[0].zones, ["yard"]);
});
