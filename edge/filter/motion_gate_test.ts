import assert from "node:assert/strict";
import type { Frame } from "../../core/frame.ts";
import { type Look, lookedFrames } from "../../tests/fakes/looks.ts";
import { comparedSize } from "./eye.ts";
import { type GateOptions, MotionGate } from "./motion_gate.ts";

const GATE: GateOptions = { refreshMs: 60_000, mask: [], sensitivity: 1 };
const RESULT = { model: "fast", findings: { detections: [] } };

/** Frames a second of the tests. */
const FPS = 5;

/** A gate whose frames are inferred at once, and what it saw in each: `!` is let through, `s` is still. */
class Watch {
  readonly gate: MotionGate;
  readonly #frame = lookedFrames();
  last!: Frame;

  constructor(options: Partial<GateOptions> = {}) {
    this.gate = new MotionGate({ ...GATE, ...options });
  }

  async see(look: Look, isInferred = true): Promise<string> {
    this.last = this.#frame(look);
    const { skip, still } = await this.gate.look(this.last);
    if (skip === undefined && isInferred) this.gate.settled(this.last.index, RESULT);
    assert.ok(skip === undefined || skip === "nothing moves", `${skip}`);
    return skip === undefined ? "!" : still ? "s" : "?";
  }

  /** Several frames, each after the other. */
  async all(count: number, look: (i: number) => Partial<Look>, from = 0): Promise<string> {
    let seen = "";
    for (let i = 0; i < count; i++) {
      seen += await this.see({ atMs: (from + i) * 1000 / FPS, ...look(i) });
    }
    return seen;
  }
}

Deno.test("of a still scene the first frame is let through, and one after each refresh", async () => {
  const seen = await new Watch({ refreshMs: 2000 }).all(25, () => ({}));
  assert.equal(seen, "!sssssssss!sssssssss!ssss");
});

Deno.test("what moves is let through at once, and once more when it has come to rest", async () => {
  const watch = new Watch();
  assert.equal(await watch.all(10, () => ({})), "!sssssssss");
  const moving = await watch.all(5, (i) => ({ thing: [0.3 + i / 50, 0.5] }), 10);
  assert.equal(moving, "!!!!!", "in each frame of it");
  const at = { thing: [0.38, 0.5] } as const;
  assert.equal(await watch.all(10, () => at, 15), "ss!sssssss", "half a second after");
  assert.equal(await watch.all(3, () => ({}), 25), "!ss", "that it goes away is seen, too");
});

Deno.test("what creeps is found: a frame is held against the last inferred one", async () => {
  const watch = new Watch();
  await watch.all(20, () => ({ thing: [0.3, 0.5] }));
  const seen = await watch.all(50, (i) => ({ thing: [0.3 + i / 2000, 0.5] }), 20);
  const passed = [...seen].filter((one) => one === "!").length;
  assert.ok(passed >= 4 && passed <= 30, seen); // 16 pixels of 640 in ten seconds
});

Deno.test("another light lets a frame through, and is then as good as the one before", async () => {
  const watch = new Watch();
  await watch.all(10, () => ({}));
  assert.equal(await watch.all(5, () => ({ light: 30 }), 10), "!ssss");
  assert.equal(await watch.all(5, (i) => ({ light: 30 - i }), 15), "sssss", "slowly, nothing is");
});

Deno.test("where nothing counts, things may move", async () => {
  const watch = new Watch({ mask: [[[0, 0], [1, 0], [1, 0.6], [0, 0.6]]] });
  await watch.all(5, () => ({}));
  assert.equal(await watch.all(5, (i) => ({ thing: [i / 10, 0.3] }), 5), "sssss");
  assert.equal(await watch.all(2, (i) => ({ thing: [i / 10, 0.8] }), 10), "!!");
});

Deno.test("a frame that is under way is compared with, until it comes to nothing", async () => {
  const watch = new Watch();
  await watch.all(5, () => ({}));
  const thing = [0.3, 0.5] as const;
  assert.equal(await watch.see({ atMs: 1000, thing }, false), "!");
  const { index } = watch.last;
  assert.equal(await watch.see({ atMs: 1100, thing }), "s", "its result will say the same");
  watch.gate.settled(index); // dropped
  assert.equal(await watch.see({ atMs: 1200, thing }), "!", "so that the next is let through");
  assert.equal(await watch.see({ atMs: 1300, thing }), "s");
});

Deno.test("a frame for which nothing is inferred is followed by another, though nothing moves", async () => {
  const watch = new Watch({ refreshMs: 1000 });
  assert.equal(await watch.see({ atMs: 0 }), "!");
  assert.equal(await watch.see({ atMs: 900 }), "s");
  assert.equal(await watch.see({ atMs: 1000 }, false), "!");
  watch.gate.settled(watch.last.index);
  assert.equal(await watch.see({ atMs: 1100 }), "!");
  assert.equal(await watch.see({ atMs: 1200 }), "s");
});

Deno.test("what comes late does not take the place of what is newer", async () => {
  const watch = new Watch();
  assert.equal(await watch.see({ atMs: 0, thing: [0.2, 0.5] }, false), "!");
  const first = watch.last.index;
  assert.equal(await watch.see({ atMs: 200, thing: [0.7, 0.5] }), "!");
  watch.gate.settled(first, RESULT);
  assert.equal(await watch.see({ atMs: 400, thing: [0.7, 0.5] }), "s");
});

Deno.test("a picture that cannot be looked at is let through, and is not compared with", async () => {
  const watch = new Watch();
  await watch.see({ atMs: 0 });
  assert.equal(await watch.see({ atMs: 200, error: new Error("damaged") }), "!");
  assert.equal(await watch.see({ atMs: 400 }), "s");
});

Deno.test("another size or another file is another scene, unless files are one", async () => {
  const size = { width: 320, height: 240 };
  const looks = [{}, {}, { size }, { size }, { size, file: "b" }, { size, file: "b" }];
  assert.equal(await new Watch().all(6, (i) => looks[i]!), "!s!s!s");
  assert.equal(await new Watch({ isOneScene: true }).all(6, (i) => looks[i]!), "!s!sss");
});

Deno.test("time that goes back lets a frame through", async () => {
  const watch = new Watch();
  assert.equal(await watch.see({ atMs: 5000 }), "!");
  assert.equal(await watch.see({ atMs: 100 }), "!");
  assert.equal(await watch.see({ atMs: 200 }), "s");
});

Deno.test("pictures are compared in their proportions, at 180 lines or their own", () => {
  const cases = [
    [[1920, 1080], [320, 180]],
    [[640, 480], [240, 180]],
    [[1080, 1920], [102, 180]],
    [[161, 97], [160, 96]],
    [[3, 2], [8, 8]],
    [[5000, 200], [720, 180]],
  ] as const;
  for (const [[width, height], [wide, high]] of cases) {
    assert.deepEqual(comparedSize({ width, height }), { width: wide, height: high });
  }
});
