/** Clips of a video of which each frame is known: they are read again, by us and by others. */

import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { Thinned } from "../../core/log.ts";
import { seededRng } from "../../core/rng.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { testWithDevFull } from "../../tests/fakes/data.ts";
import { FakePicture } from "../../tests/fakes/source.ts";
import { brightness, writeVideo } from "../../tests/fakes/video.ts";
import { shown } from "../../tests/fakes/shown_video.ts";
import { CAPTURE_DEFAULTS, openSource } from "../capture/open_source.ts";
import { PacketTape, type Segment, type Taped } from "../capture/media/packet_tape.ts";
import type { CaptureOptions } from "../options.ts";
import type { RuleOptions } from "../rules/options.ts";
import type { Note } from "../scene/note.ts";
import type { FrameResult } from "../sink/sink.ts";
import type { ClipRecord } from "./clip_record.ts";
import { Clips, type ClipsParts } from "./clips.ts";

const FPS = 2;
const VIDEO = { width: 64, height: 48, frames: 26, fps: FPS };
const START = Date.UTC(2026, 0, 31, 12);

function rule(name: string, beforeS: number, afterS: number): RuleOptions {
  return {
    ...{ name, labels: [], places: [], hours: [], minimumMs: 0, scoreMin: 0, cooldownMs: 0 },
    ...{ sinks: [], sources: [], clip: { beforeMs: beforeS * 1000, afterMs: afterS * 1000 } },
  };
}

const RULES = [rule("r", 1, 1), rule("wide", 2, 3)];

/** What happens about the one thing, by frame from 0; it is in sight until it closes. */
type Script = Readonly<Record<number, readonly Partial<Note>[]>>;

const alert = (rule: string, seconds: number, id = "e") =>
  ({ event: "alert", id, track_id: 1, rule, seconds }) as Partial<Note>;
const close = (id = "e") => ({ event: "close", id }) as Partial<Note>;

interface Setup extends Partial<Pick<ClipsParts, "tape" | "open">> {
  readonly rules?: readonly RuleOptions[];
  readonly bytesMax?: number;
  readonly directory: string;
}

/** Clips, and what they tell. */
function setUp({ directory, rules = RULES, bytesMax = 64e6, ...parts }: Setup) {
  const clock = new FakeClock();
  const told: ClipRecord[] = [];
  const warned: string[] = [];
  const warnings = new Thinned((message) => void warned.push(message), 1000, clock);
  const tape = new PacketTape({ bytesMax, onCramped: () => void warned.push("cramped") });
  const clips = new Clips({
    ...{ source: "door", directory, rules, tape, clock, warnings },
    tell: (note) => void told.push(note),
    ...parts,
  });
  return { clips, tape, told, warned };
}

/** One frame with the thing in sight, or not. */
function seen(
  picture: FakePicture | FrameResult["frame"]["picture"],
  index: number,
  isHere: boolean,
  notes: readonly Partial<Note>[] = [],
) {
  const detections = [{ label: "person", class_id: 0, score: 1, box: [0, 0, 9, 9], track_id: 1 }];
  return {
    frame: { index: index + 1, capturedAtMs: START + index * 500, startAtMs: 0, picture },
    shown: { findings: { detections: isHere ? detections : [] } },
    notes,
  } as unknown as FrameResult;
}

/** Plays a video to clips, with what happens in it. */
async function play(
  setup: ReturnType<typeof setUp>,
  path: string,
  script: Script,
  options: Partial<CaptureOptions> & { readonly framesMax?: number } = {},
) {
  const stop = new AbortController();
  const { clips, tape } = setup;
  const { framesMax = Infinity, ...said } = options;
  const source = await openSource({ ...CAPTURE_DEFAULTS, source: path, ...said }, {
    ...{ clock: new FakeClock(), rng: seededRng(1), drain: stop.signal, tape },
  });
  let index = 0;
  let isHere = true;
  for await (const picture of source.pictures(stop.signal)) {
    const notes = script[index] ?? [];
    if (notes.some(({ event }) => event === "close")) isHere = false;
    clips.see(seen(picture, index++, isHere, notes));
    picture.close();
    if (index >= framesMax) stop.abort();
  }
  await source.close();
  await clips.end((script[-1] ?? []) as Note[]);
  tape.close();
  return setup;
}

/** Which frames of the video a clip has. */
async function framesIn(path: string): Promise<readonly number[]> {
  return (await shown(path)).map(({ data }) => {
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    return Math.round((mean - brightness(0)) / (brightness(1) - brightness(0))) || 0;
  });
}

function upTo(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** In one piece: all steps read one video, which takes longer to make than any of them. */
Deno.test("clips of a video", async (t) => {
  await using folder = new Folder();
  const path = folder.file("video.mp4");
  await writeVideo(path, VIDEO);

  await t.step(
    "from the keyframe before what is wanted to some seconds after the last sight",
    async () => {
      // It came at 4 s and closes in frame 13; it was in sight until frame 12, at 6 s.
      const { told, clips } = await play(setUp({ directory: folder.path }), path, {
        9: [alert("r", 0.5)],
        13: [close()],
      });
      assert.deepEqual(told, [{
        ...{ event: "clip", id: "e", source: "door", clip: "events/e.mp4" },
        ...{ from: "2026-01-31T12:00:03.000Z", to: "2026-01-31T12:00:07.000Z", pts_ms: 3000 },
        ...{ seconds: 4, bytes: (await Deno.stat(folder.file("events/e.mp4"))).size, rules: ["r"] },
        ...{ at: told[0]!.at, frame: told[0]!.frame },
      }]);
      assert.deepEqual(await framesIn(folder.file("events/e.mp4")), upTo(6, 14));
      assert.deepEqual(clips.counts, { written: 1, failed: 0 });
    },
  );

  await t.step("one of an event: the widest of what its rules want", async () => {
    const { told } = await play(setUp({ directory: folder.path }), path, {
      9: [alert("r", 0.5, "two"), alert("wide", 0, "two")],
      10: [close("two")],
    });
    assert.deepEqual(told.map(({ rules }) => rules), [["r", "wide"]]);
    // From 2 s before 4.5 s, or 1 s before 4 s; until 3 s after 4.5 s.
    assert.deepEqual(await framesIn(folder.file("events/two.mp4")), upTo(4, 15));
  });

  await t.step("what the video has no more of is not waited for, and told", async () => {
    const { told } = await play(setUp({ directory: folder.path }), path, {
      23: [alert("wide", 0, "late")],
      [-1]: [close("late")],
    });
    assert.equal(told[0]!.cut, "the video ended");
    assert.deepEqual(await framesIn(folder.file("events/late.mp4")), upTo(18, 25));
  });

  await t.step("a run that ends finishes what is open", async () => {
    const { told } = await play(setUp({ directory: folder.path }), path, {
      4: [alert("wide", 0, "x")],
    }, {
      framesMax: 8,
    });
    assert.deepEqual(told.map(({ id }) => id), ["x"]);
    const frames = await framesIn(folder.file("events/x.mp4"));
    assert.deepEqual(frames, upTo(0, frames.length - 1));
    assert.ok(frames.length >= 7, `${frames.length}`);
  });

  await t.step("of a video that begins again, times go on and a clip is of one round", async () => {
    const { told } = await play(setUp({ directory: folder.path }), path, {
      24: [alert("wide", 0, "a")],
      31: [alert("r", 1, "b")],
      32: [close("b")],
    }, { loop: true, framesMax: 40 });
    assert.deepEqual(told.map(({ id, cut }) => [id, cut]), [["a", "the video ended"], [
      "b",
      undefined,
    ]]);
    assert.deepEqual(await framesIn(folder.file("events/a.mp4")), upTo(20, 25));
    assert.deepEqual(await framesIn(folder.file("events/b.mp4")), upTo(0, 7));
    assert.equal(told[1]!.pts_ms, 13_000);
  });

  await t.step(
    "where not even one group of pictures fits it is said once, and no clip is there",
    async () => {
      const { told, warned, clips } = await play(
        setUp({ directory: folder.path, bytesMax: 600 }),
        path,
        { 9: [alert("r", 0.5, "small")], 12: [close("small")] },
      );
      assert.deepEqual([told, warned[0]], [[], "cramped"]);
      assert.deepEqual(warned.slice(1), [
        "a clip of door cannot be written: small: no video of it is kept",
      ]);
      assert.deepEqual(clips.counts, { written: 0, failed: 1 });
    },
  );

  await t.step("memory holds as much as is wanted and no more", async () => {
    const setup = setUp({ directory: folder.path, rules: [rule("r", 1, 1)] });
    const spans: number[] = [];
    const { see } = setup.clips;
    setup.clips.see = (result) => {
      see.call(setup.clips, result);
      spans.push(setup.tape.spanMs);
    };
    await play(setup, path, {});
    // A second before, two to be sure, one from keyframe to keyframe, and what is read ahead.
    assert.ok(Math.max(...spans) <= 1000 + 2000 + 1000 + 5000, `${Math.max(...spans)} ms`);
    assert.equal(setup.tape.bytes, 0, "all is given back");
  });

  await t.step(
    "a place that cannot be written is told and counted, and nothing is left there",
    async () => {
      const { told, warned, clips } = await play(
        setUp({ directory: folder.file("gone") }),
        path,
        { 9: [alert("r", 0.5)], 13: [close()] },
      );
      assert.deepEqual([told, clips.counts], [[], { written: 0, failed: 1 }]);
      assert.match(warned[0]!, /^a clip of door cannot be written: Cannot write ".+e\.mp4": /);
    },
  );

  await t.step("others play it, from a keyframe on", async (t) => {
    const probe = new Deno.Command("ffprobe", {
      args: [
        ...["-v", "error", "-select_streams", "v", "-show_entries"],
        ...["packet=pts_time,flags:format=duration", "-of", "csv=p=0", folder.file("events/e.mp4")],
      ],
    });
    const ran = await probe.output().catch(() => undefined);
    if (!ran) return console.log(`${t.name}: skipped, there is no ffprobe`);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    assert.equal(text(ran.stderr), "");
    const lines = text(ran.stdout).split("\n");
    assert.match(lines[0]!, /^0\.0+,K/);
    assert.equal(lines.length, 9 + 1);
    assert.equal(Number(lines.at(-1)), 4.5);
  });
});

testWithDevFull("a full disk costs the clip, and not the run", async () => {
  await using folder = new Folder();
  const path = folder.file("video.mp4");
  await writeVideo(path, VIDEO);
  Deno.mkdirSync(folder.file("events"));
  await Deno.symlink("/dev/full", folder.file("events/e.mp4"));
  const { told, warned, clips } = await play(setUp({ directory: folder.path }), path, {
    9: [alert("r", 0.5)],
    13: [close()],
  });
  assert.deepEqual([told, clips.counts], [[], { written: 0, failed: 1 }]);
  assert.match(warned[0]!, /No space left on device/i);
  assert.deepEqual(folder.names("events"), []);
});

/** A tape of packets that are none: one each second, each a keyframe. */
function longTape(seconds: number, live = false) {
  const segment = { live, isOver: false, isCramped: false, format: "mp4" } as unknown as Segment;
  const packets = Array.from({ length: seconds }, (_, i): Taped => {
    const packet = { size: 100, dts: BigInt(i), clone: () => packet, free() {} };
    return {
      packet: packet as unknown as Taped["packet"],
      segment,
      atMs: i * 1000,
      dueMs: i * 1000,
    };
  });
  const tape = {
    ...{ bytes: 1, refusal: undefined, onOver: () => {}, release() {}, length: 0, segment },
    keyBefore: (fromMs: number) => Math.max(0, Math.floor(fromMs / 1000)),
    read(from: number, _: unknown, untilMs: number) {
      const there = packets.slice(0, this.length);
      const due = there.slice(from).filter(({ dueMs }) => dueMs <= untilMs);
      const next = from + due.length;
      const isPast = next < there.length;
      return { packets: due, next, isTorn: false, isPast, isOver: segment.isOver && !isPast };
    },
  };
  return tape;
}

/** A file that keeps nothing. */
const open: ClipsParts["open"] = (path) => {
  Deno.writeTextFileSync(path, "");
  return Promise.resolve({ add: async () => {}, close: async () => {}, remove: async () => {} });
};

/** Sees a frame a second, with all that came to the tape by then. */
function watch(
  clips: Clips,
  tape: ReturnType<typeof longTape>,
  from: number,
  to: number,
  script: Script,
) {
  for (let i = from; i < to; i++) {
    tape.length = i + 1;
    const picture = Object.assign(new FakePicture(i * 1000), { tapeMs: i * 1000 });
    clips.see(seen(picture, i, true, script[i]));
  }
}

Deno.test("a clip lasts two minutes at most; another alert of its event begins another", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("events"));
  const tape = longTape(300);
  const { clips, told } = setUp({ directory: folder.path, tape, open });
  watch(clips, tape, 0, 200, { 20: [alert("r", 5)], 150: [alert("wide", 0)], 160: [close()] });
  await clips.end([]);
  const wholes = told.map(({ clip, pts_ms, seconds, cut }) => [clip, pts_ms, seconds, cut]);
  assert.deepEqual(wholes.sort(), [
    ["events/e.mp4", 14_000, 120, "it lasts 120 s at most"],
    ["events/e_2.mp4", 148_000, 14, undefined],
  ]);
});

Deno.test("what a camera that is lost had sent is in the clip at once", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("events"));
  const tape = longTape(300, true);
  const { clips, told } = setUp({ directory: folder.path, tape, open });
  watch(clips, tape, 0, 23, { 20: [alert("wide", 1)] });
  Object.assign(tape.segment, { isOver: true });
  tape.onOver();
  await clips.end([]);
  assert.deepEqual(told.map(({ seconds, cut }) => [seconds, cut]), [[5, "the video ended"]]);
});

Deno.test("of pictures that come from no video it is said once that there are no clips", () => {
  const { clips, warned } = setUp({ directory: "." });
  for (let i = 0; i < 3; i++) clips.see(seen(new FakePicture(i * 40), i, true));
  assert.deepEqual(warned, ["no clips of door: its pictures come from no video"]);
});
