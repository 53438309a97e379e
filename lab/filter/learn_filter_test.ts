import assert from "node:assert/strict";
import type { Detection } from "../../core/detection.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import type { FrameSource } from "../../edge/capture/source.ts";
import { type Look, lookedFrames } from "../../tests/fakes/looks.ts";
import { learnFilter, type LearnTask, whyNothing } from "./learn_filter.ts";
import { Rehearsal } from "./rehearsal.ts";

const GATE = { refreshMs: 60_000, mask: [], sensitivity: 1 };
const FPS = 10;
const NEVER = new AbortController().signal;

/** A source of so many frames; `look` says what is to be seen in each. */
function sourceOf(frames: number, look: (i: number) => Partial<Look>): FrameSource {
  const frame = lookedFrames();
  return {
    ...{ description: "a yard", live: false, frameCount: frames, fps: FPS },
    async *pictures(signal) {
      for (let i = 0; i < frames && !signal.aborted; i++) {
        yield frame({ atMs: i * 1000 / FPS, size: { width: 160, height: 90 }, ...look(i) }).picture;
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Something that walks from left to right for four seconds of eight. */
const walking = (i: number): Partial<Look> =>
  i % 80 < 40 ? { thing: [0.1 + 0.02 * (i % 80), 0.5] } : {};

/** What a model finds in it: a box around, of 20 × 20 pixels. */
function found({ ptsMs }: CapturedPicture): readonly Detection[] {
  const { thing } = walking(Math.round(ptsMs * FPS / 1000));
  if (!thing) return [];
  const [x, y] = [thing[0] * 160 - 10, thing[1] * 90 - 10];
  return [{ label: "person", class_id: 0, score: 0.9, box: [x, y, x + 20, y + 20] }];
}

function learn(task: Partial<LearnTask>, find: (picture: CapturedPicture) => readonly Detection[]) {
  const asked: number[] = [];
  const learning = learnFilter({
    ...{ source: sourceOf(160, walking), fromS: 0, toS: Infinity, framesMax: Infinity },
    ...{ target: 0.9, gate: GATE, ...task },
  }, {
    infer: (picture) => {
      asked.push(picture.ptsMs);
      return Promise.resolve({ model: "fast", findings: { detections: find(picture) } });
    },
    stop: NEVER,
    progress: () => {},
    leftOut: (what) => assert.fail(what),
  });
  return { learning, asked };
}

Deno.test("a threshold is learned that keeps most frames back and loses no more than may be lost", async () => {
  const { learning, asked } = learn({}, found);
  const { chosen, tried, frames, withFindings, size, fps } = await learning;
  assert.deepEqual([asked.length, frames, withFindings, fps], [160, 160, 80, FPS]);
  assert.deepEqual(size, { width: 160, height: 90 });
  assert.ok(chosen!.inferred < frames / 2, `${chosen!.inferred} are inferred`);
  assert.ok(chosen!.judgedAccuracy >= 0.925 && chosen!.accuracy >= chosen!.judgedAccuracy);
  const good = tried.filter(({ judgedAccuracy, worstAccuracy }) =>
    judgedAccuracy >= 0.925 && worstAccuracy >= 0.875
  );
  const most = Math.min(...good.map(({ inferred }) => inferred));
  assert.ok(chosen!.inferred <= most / 0.75, "nearly as many as could be");
  const timed = good.filter(({ feature }) => feature === "time").map(({ inferred }) => inferred);
  assert.equal(chosen!.inferred, chosen!.feature === "time" ? Math.min(...timed) : most);
  assert.ok(good.length < tried.length, "some are too great");
});

Deno.test("part of a video may be looked at", async () => {
  const { learning, asked } = learn({ fromS: 2, toS: 5 }, found);
  assert.equal((await learning).frames, 30);
  assert.deepEqual([asked[0], asked.at(-1)], [2000, 4900]);
  const few = learn({ framesMax: 7 }, found);
  await few.learning;
  assert.equal(few.asked.length, 7);
  await assert.rejects(
    learn({ fromS: 100 }, found).learning,
    /there are 0 frames of it to look at/,
  );
});

Deno.test("where nothing is found, or all that is found is another each time, nothing is learned", async () => {
  const none = await learn({ framesMax: 20 }, () => []).learning;
  assert.equal(none.chosen, undefined, "nothing is lost, for there is nothing");
  assert.match(whyNothing(none, 0.9), /the model finds nothing in any of the 20 frames/);
  let x = 0;
  const jumping = (): Detection[] => [
    { label: "person", class_id: 0, score: 0.9, box: [x += 30, 0, x + 10, 10] },
  ];
  const source = sourceOf(40, (i) => ({ thing: [0.02 * i, 0.5] }));
  const wild = await learn({ source }, jumping).learning;
  assert.equal(wild.chosen, undefined);
  assert.match(
    whyNothing(wild, 0.9),
    /the best comes to an accuracy of 0\.\d+ .*0\.925 is aimed at/,
  );
});

Deno.test("a rehearsal counts what is inferred as right, and what is kept back by what was there", async () => {
  let skip: string | undefined;
  const rehearsal = new Rehearsal({
    look: () => Promise.resolve(skip === undefined ? { still: false } : { skip, still: false }),
    settled: () => {},
  });
  const frame = lookedFrames();
  const show = async (isKept: boolean, detections: readonly Detection[]) => {
    skip = isKept ? "little has changed" : undefined;
    await rehearsal.show(frame({ atMs: 0 }), { model: "fast", findings: { detections } });
  };
  const [thing] = found(frame({ atMs: 0 }).picture);
  await show(false, [thing!]);
  await show(true, [thing!]);
  await show(true, []);
  await show(false, []);
  await show(true, []);
  const { judgedAccuracy, within, ...score } = rehearsal.score();
  assert.deepEqual(score, {
    ...{ frames: 5, inferred: 2, accuracy: 0.8 },
    ...{ judged: 3, worstAccuracy: 0 }, // one of three is a quarter of its own
  });
  assert.ok(Math.abs(judgedAccuracy - 2 / 3) < 1e-9);
  // One frame of two was wrong, where an inference then found all of it wrong: 1 of 2, and the usual.
  assert.ok(Math.abs(within - (1 + 0.6 * 5) / (2 + 5)) < 1e-9);
});
