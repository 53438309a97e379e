/** Three cameras with every kind of sink at once, some of which fail for a while: each has what the run has. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { EventState } from "../edge/events/event_record.ts";
import type { Note } from "../edge/scene/note.ts";
import { momentOf } from "../edge/sink/added/messages/event_message.ts";
import { AllSinks, linesOf, type Truth } from "./rigs/all_sinks.ts";
import { holdWhole } from "./rigs/edge_run.ts";
import { ffprobe } from "./rigs/ffprobe.ts";
import { pythonHas, runClient } from "./rigs/python_clients.ts";

/** Seconds that they run; five minutes by hand: `SMARTEYE_SINKS_S=300`. */
const SECONDS = Number(Deno.env.get("SMARTEYE_SINKS_S") ?? 10);

/** Seconds for which nothing that is sent arrives. */
const OUTAGE_S = SECONDS >= 300 ? 60 : SECONDS >= 60 ? 6 : 3;

/** Share of the frames a second that there are at least while sinks fail: other tests run beside it. */
const KEPT_MIN = 0.5;

/** Share of pictures that a busy machine may have no time to take. */
const LOST_MAX = 0.02;

/** Clips of a camera that are looked at. */
const CLIPS_MAX = 3;

type Row = readonly (string | number | null)[];

/** What `clients/sinks.py` prints. */
interface Read {
  readonly database: Readonly<Record<string, readonly Row[]>>;
  readonly sources: readonly {
    readonly coco: {
      readonly boxes: Readonly<Record<string, readonly Row[]>>;
      readonly sizes: Readonly<Record<string, readonly number[]>>;
    };
    readonly mot: readonly Row[];
    readonly images: Readonly<Record<string, readonly [string, number, number]>>;
  }[];
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const ms = (time: string) => Date.parse(time);
const side = (from: number, to: number) => Number((to - from).toFixed(2));
const known = ({ records }: Truth) => records.filter(({ detections }) => detections);

/** Holds that two lists are the same, and tells the first difference alone: they are long. */
function holdSame(found: readonly unknown[], wanted: readonly unknown[], what: string): void {
  const at = wanted.findIndex((one, i) => !isDeepStrictEqual(one, found[i]));
  if (at >= 0) assert.deepEqual(found[at], wanted[at], `${what}, entry ${at} of ${wanted.length}`);
  assert.deepEqual(found.slice(wanted.length), [], `${what}: more than the run has`);
}

/** Holds the same of what happened; when a source was lost or ended stands among it where it may. */
function holdTold(found: readonly Note[], wanted: readonly Note[], what: string): void {
  const parts = (notes: readonly Note[]) => {
    const ofSource = notes.filter(({ event }) => event === "source");
    return [...notes.filter(({ event }) => event !== "source"), ...ofSource];
  };
  holdSame(parts(found), parts(wanted), what);
}

/** Notes of some kinds, as they are when their kind is known. */
function of<K extends Note["event"]>({ notes }: Truth, event: K) {
  return notes.filter((note): note is Extract<Note, { event: K }> => note.event === event);
}

// In one piece: its steps look at one run.
Deno.test(`all sinks at once, for ${SECONDS} s: each has what the run has`, async (t) => {
  await using all = await AllSinks.start();
  await sleep((SECONDS - OUTAGE_S) / 2);
  const outage = [Date.now()];
  await all.outage(OUTAGE_S * 1000);
  outage.push(Date.now());
  await sleep((SECONDS - OUTAGE_S) / 2);
  await all.edge.stop();
  const truths = all.truths();
  for (const { name, records, notes } of truths) {
    console.log(`${name}: ${records.length} frames, ${notes.length} lines of events`);
  }

  await t.step("no sink that may not lose has lost, and cameras kept their pace", () => {
    for (const truth of truths) holdTallies(truth, outage as [number, number]);
  });
  await t.step("jsonl: its lines are those of results.jsonl and events.jsonl", () => {
    for (const { name, lines, records, notes } of truths) {
      const found = linesOf(lines);
      holdSame(found.filter((line) => !("event" in line)), records, `${name}: frames`);
      holdTold(found.filter((line) => "event" in line), notes, `${name}: events`);
    }
  });
  await t.step("webhook: a message for each line of events.jsonl, once, in order", () => {
    holdMessages(all.beside.hook.messages, truths);
  });
  await t.step(
    "webhook: what a rule names hears of what met it alone",
    () => holdAlarms(all, truths),
  );
  await t.step("a receiver that takes 5 s a message has some, and the rest is counted", () => {
    const sent = truths.reduce((sum, { summary }) => sum + summary!.sinks.slow!.written, 0);
    const { messages } = all.beside.slow;
    assert.ok(messages.length > 0 && sent <= messages.length, `${sent} of ${messages.length}`);
  });
  await t.step("mqtt: each event is new and at its end, as mosquitto_sub heard", async () => {
    const heard = await all.heard();
    if (heard) holdHeard(heard, truths);
  });
  await t.step("nats: the stream has each frame and event, once", async () => {
    const kept = await all.beside.nats?.kept("ALL");
    if (kept) holdStream(kept.all, truths);
  });
  await t.step(
    "video and clips: ffprobe finds the frames that show something, in time",
    async (t) => {
      for (const truth of truths) await holdVideo(truth, t.name);
    },
  );
  if (!pythonHas("pycocotools") || !pythonHas("PIL")) {
    return console.log("skipped: SMARTEYE_TEST_PYTHON has no pycocotools and pillow");
  }
  await holdAsOthersRead(t, all, truths);
});

/** What Python's readers find: in the files, and in both databases. */
async function holdAsOthersRead(t: Deno.TestContext, all: AllSinks, truths: readonly Truth[]) {
  const directories = truths.map(({ directory }) => directory);
  const read = async (path: string) => await runClient("sinks.py", path, ...directories) as Read;
  const { database, sources } = await read(join(all.edge.directory, "results.sqlite"));
  await t.step("sqlite: Python's sqlite3 finds frames, detections, tracks, events", () => {
    holdDatabase(database, truths);
  });
  const { disk } = all.beside;
  if (disk) {
    await t.step("sqlite: on a disk that was full it is the same in the end", async () => {
      holdDatabase((await read(disk.file("seen.sqlite"))).database, truths);
    });
  }
  for (const [i, truth] of truths.entries()) {
    await t.step(`${truth.name}: pycocotools, numpy and Pillow read what was seen`, () => {
      holdFiles(sources[i]!, truth);
    });
  }
}

/** Holds what the summary says of the sinks, and that no frame was lost to those that failed. */
function holdTallies(truth: Truth, [from, to]: readonly [number, number]): void {
  const { sinks } = holdWhole(truth);
  for (const [name, { written, dropped, failed }] of Object.entries(sinks)) {
    if (name === "slow") continue;
    assert.ok(written > 0, `${truth.name}, ${name}: nothing`);
    assert.equal(failed, 0, `${truth.name}, ${name}: failed`);
    const isPictures = name === "video" || name === "images";
    assert.ok(dropped <= (isPictures ? LOST_MAX * written : 0), `${name}: ${dropped} dropped`);
  }
  const { slow, hook } = sinks;
  assert.ok(slow!.dropped > 0, "what a short queue has no room for is lost to it");
  assert.equal(slow!.written + slow!.dropped + slow!.failed, hook!.written, "and counted");
  const times = truth.records.map(({ captured_at }) => ms(captured_at));
  const during = times.filter((at) => at >= from && at < to).length / (to - from);
  const overall = (times.length - 1) / (times.at(-1)! - times[0]!);
  console.log(
    `${truth.name}: ${(overall * 1000).toFixed(2)} frames/s, ` +
      `${(during * 1000).toFixed(2)} while sinks failed; ${JSON.stringify(slow)}`,
  );
  assert.ok(during > KEPT_MIN * overall, `${truth.name}: ${during} of ${overall} frames/ms`);
}

interface Message {
  readonly id: string;
  readonly source: string;
  readonly data: Note;
}

/** What was told of a source: each once, where it came first. */
function once(messages: readonly Message[], name: string): Note[] {
  const firsts = new Map<string, Note>();
  for (const { id, source, data } of messages) {
    if (source === name && !firsts.has(id)) firsts.set(id, data);
  }
  return [...firsts.values()];
}

function holdMessages(messages: readonly Message[], truths: readonly Truth[]): void {
  for (const { name, notes } of truths) {
    holdTold(once(messages, name), notes.filter((note) => momentOf(note)), name);
  }
}

function holdAlarms({ beside }: AllSinks, truths: readonly Truth[]): void {
  for (const truth of truths) {
    const met = new Set(of(truth, "alert").map(({ id }) => id));
    assert.ok(met.size > 0, `${truth.name} has no alert`);
    const told = once(beside.alarm.messages, truth.name);
    for (const event of ["open", "alert", "close", "clip"] as const) {
      assert.deepEqual(
        new Set(told.flatMap((note) => note.event === event ? [note.id] : [])),
        new Set(of(truth, event).flatMap(({ id }) => met.has(id!) ? [id] : [])),
        `${truth.name}: ${event}`,
      );
    }
    assert.ok(told.every((note) => note.event === "source" || met.has(note.id!)));
  }
}

function holdHeard(
  heard: readonly { readonly topic: string; readonly payload: string }[],
  truths: readonly Truth[],
): void {
  const events = heard.filter(({ topic }) => topic === "smarteye/events")
    .map(({ payload }) => JSON.parse(payload));
  for (const truth of truths) {
    const own = events.filter(({ after }) => after.camera === truth.name);
    for (
      const [type, lines] of [["new", of(truth, "open")], ["end", of(truth, "close")]] as const
    ) {
      const ids = new Set(own.filter((one) => one.type === type).map(({ after }) => after.id));
      const wanted = (lines as readonly EventState[]).map(({ id }) => id);
      assert.deepEqual([...ids].sort(), wanted.toSorted(), `${truth.name}: ${type}`);
    }
    const alerts = heard.filter(({ topic }) => topic === `smarteye/${truth.name}/alert`);
    const told = new Set(alerts.map(({ payload }) => payload));
    assert.deepEqual([...told].map((payload) => JSON.parse(payload)), of(truth, "alert"));
  }
}

function holdStream(
  kept: readonly { readonly subject: string; readonly value: unknown }[],
  truths: readonly Truth[],
): void {
  for (const { name, records, notes } of truths) {
    const values = (last: string) =>
      kept.filter(({ subject }) => subject === `site.${name}.${last}`).map(({ value }) => value);
    holdSame(values("frames"), records, `${name}: frames`);
    const events = [...values("events"), ...values("source")] as Message[];
    assert.equal(new Set(events.map(({ id }) => id)).size, events.length, "none is there twice");
    const told = notes.filter((note) => momentOf(note));
    holdTold(events.map(({ data }) => data), told, `${name}: events`);
  }
}

async function holdVideo(truth: Truth, test: string): Promise<void> {
  const probed = await ffprobe(join(truth.directory, "video.mp4"));
  if (!probed) return console.log(`${test}: skipped, there is no ffprobe`);
  const shows = known(truth);
  const { dropped } = truth.summary!.sinks.video!;
  assert.equal(probed.length, shows.length - dropped, truth.name);
  if (dropped === 0) {
    const times = shows.map(({ pts_ms }) => pts_ms - shows[0]!.pts_ms);
    const off = times.map((time, i) => Math.abs(time - probed[i]! * 1000));
    assert.ok(Math.max(...off) <= 1, `${truth.name}: a frame is off by ${Math.max(...off)} ms`);
  }
  for (const { clip, bytes, seconds } of of(truth, "clip").slice(-CLIPS_MAX)) {
    const path = join(truth.directory, clip);
    assert.equal(Deno.statSync(path).size, bytes, clip);
    const times = (await ffprobe(path))!.toSorted((a, b) => a - b);
    assert.ok(Math.abs(times.at(-1)! - times[0]! - seconds) < 0.1, `${clip}: ${seconds} s`);
  }
}

function holdDatabase(database: Read["database"], truths: readonly Truth[]): void {
  assert.deepEqual(database.integrity, [["ok"]]);
  for (const truth of truths) {
    const { name, records } = truth;
    const rows = (table: string) =>
      database[table]!.filter(([source]) => source === name).map(([, ...row]) => row);
    holdSame(
      rows("frames"),
      records.map((r) => [
        ...[r.frame, r.outcome, r.width, r.height, r.pts_ms, ms(r.captured_at)],
      ]),
      `${name}: frames`,
    );
    const seen = records.flatMap(({ frame, detections = [] }) =>
      detections.map((d) => ({ frame, ...d }))
    );
    holdSame(
      rows("detections"),
      seen.map((d) => [d.frame, d.label, d.score, ...d.box, d.track_id ?? null]),
      `${name}: detections`,
    );
    const tracks = Map.groupBy(
      seen.filter(({ track_id }) => track_id !== undefined),
      ({ track_id }) => track_id!,
    );
    holdSame(
      rows("tracks"),
      [...tracks].sort(([a], [b]) => a - b)
        .map(([id, its]) => [id, its.length, its[0]!.frame, its.at(-1)!.frame]),
      `${name}: tracks`,
    );
    holdSame(
      rows("events"),
      of(truth, "close").map((one) => [
        ...[one.id, one.label, "closed", ms(one.started_at)],
        ms((one as unknown as { ended_at: string }).ended_at),
      ]).sort(([a], [b]) => String(a) < String(b) ? -1 : 1),
      `${name}: events`,
    );
    holdSame(
      rows("crossings"),
      of(truth, "line").map(({ id, line, direction, at }) => [id, line, direction, ms(at)]),
      `${name}: crossings`,
    );
    holdSame(
      rows("stays").map(([id, zone, entered]) => [id, zone, entered]),
      of(truth, "enter").map(({ id, zone, started_at }) => [id, zone, ms(started_at)]),
      `${name}: stays`,
    );
  }
}

function holdFiles({ coco, mot, images }: Read["sources"][number], truth: Truth): void {
  const shows = known(truth);
  assert.deepEqual(
    coco.sizes,
    Object.fromEntries(shows.map(({ frame, width, height }) => [frame, [width, height]])),
  );
  const boxes = shows.map(({ frame, detections }) => [
    frame,
    detections!.map(({ label, score, box: [x1, y1, x2, y2] }) => [
      ...[label, score, x1, y1, side(x1, x2), side(y1, y2)],
    ]),
  ]);
  assert.deepEqual(coco.boxes, Object.fromEntries(boxes));
  holdSame(
    mot,
    shows.flatMap(({ frame, detections }) =>
      detections!.filter(({ track_id }) => track_id !== undefined)
        .map(({ track_id, score, box: [x1, y1, x2, y2] }) => [
          ...[frame, track_id, x1, y1, side(x1, x2), side(y1, y2), score, -1, -1, -1],
        ])
    ),
    "mot",
  );
  const { dropped } = truth.summary!.sinks.images!;
  const drawn = shows.filter(({ detections }) => detections!.length > 0);
  assert.equal(Object.keys(images).length, drawn.length - dropped);
  for (const [name, [format, , height]] of Object.entries(images)) {
    const frame = drawn.find(({ frame }) => name === `frame_${String(frame).padStart(6, "0")}.jpg`);
    assert.ok(frame, `${name} shows nothing`);
    assert.deepEqual([format, height], ["JPEG", Math.min(180, frame.height)]);
  }
}
