import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { UplinkMeter } from "./uplink_meter.ts";

/** Bytes a second of the links in here. */
const RATE = 100_000;

/** A frame that takes 300 ms of such a link. */
const FRAME = 30_000;

/** Milliseconds that the way takes by itself, with what the clocks differ by. */
const WAY_MS = 1e12 + 50;

/** A meter behind a link that carries one frame after the other. */
class Link {
  readonly meter = new UplinkMeter();
  #freeAtMs = 0;
  clock = "c";
  wayMs = WAY_MS;

  constructor(private readonly rate = RATE) {}

  /** What is sent at an instant, and arrives when all before it have. */
  send(sentAtMs: number, bytes = FRAME) {
    this.#freeAtMs = Math.max(this.#freeAtMs, sentAtMs) + bytes * 1000 / this.rate;
    return {
      bytes,
      sentAtMs,
      received: { at_ms: this.#freeAtMs + this.wayMs, clock: this.clock },
    };
  }

  question(sentAtMs: number) {
    this.meter.addQuestion(this.send(sentAtMs, 100));
  }

  /** Frames that are sent at these instants, and heard of in the order of their arrival. */
  frames(...sentAtMs: number[]) {
    for (const atMs of sentAtMs) this.meter.addUpload(this.send(atMs));
  }
}

/** That the meter finds the rate of the link, within `share` of it. */
function finds(meter: UplinkMeter, nowMs: number, what: string, rate = RATE, share = 0.01) {
  const found = meter.bytesPerSec(nowMs);
  assert.ok(found !== undefined, `${what}: nothing is found`);
  assert.ok(Math.abs(found / rate - 1) <= share, `${what}: ${found} of ${rate} bytes/s`);
}

/** `count` instants, the first `fromMs`, `everyMs` apart. */
const instants = (count: number, everyMs: number, fromMs = 1000) =>
  Array.from({ length: count }, (_, i) => fromMs + i * everyMs);

Deno.test("the link is found, however its frames are spread over time", () => {
  const cases: [what: string, sentAtMs: number[]][] = [
    ["one frame", [1000]],
    ["one after the other", instants(10, 400)],
    ["one every ten seconds", instants(7, 10_000)],
    ["four at once", [1000, 1000, 1000, 1000]],
    ["four at once, again and again", instants(12, 1500).flatMap((ms) => [ms, ms, ms, ms])],
    ["overlapping", instants(30, 200)],
    ["as much as it carries", instants(100, 300)],
    ["more than it carries", instants(60, 280)],
    ["now and then a burst", [1000, 1010, 1700, 4000, 4001, 4002, 9000]],
  ];
  for (const [what, sentAtMs] of cases) {
    const link = new Link();
    link.question(0);
    link.frames(...sentAtMs);
    finds(link.meter, sentAtMs.at(-1)! + 1000, what);
  }
});

Deno.test("frames of one link, each of which takes a share of it, are found to share it", () => {
  const cases: [what: string, frames: [sentAtMs: number, arrivedAtMs: number][]][] = [
    // Four connections that get a quarter each: they begin, and arrive, together.
    ["in step", instants(9, 1400).flatMap((ms) => Array(4).fill([ms, ms + 1200]))],
    // Three in step: the twenty latest begin in the middle of such a group.
    ["three in step", instants(12, 1000).flatMap((ms) => Array(3).fill([ms, ms + 900]))],
    ["in step, and half of the latest four", [
      ...instants(2, 1400).flatMap((ms) => Array(4).fill([ms, ms + 1200])),
      ...Array(2).fill([5000, 6200]),
    ]],
    // A connection's next frame follows when one is through: one arrives every 300 ms.
    ["in turn", instants(60, 300).map((ms): [number, number] => [ms, ms + 1200])],
  ];
  for (const [what, frames] of cases) {
    const link = new Link();
    link.question(0);
    for (const [sentAtMs, arrivedAtMs] of frames) {
      const received = { at_ms: arrivedAtMs + WAY_MS, clock: "c" };
      link.meter.addUpload({ bytes: FRAME, sentAtMs, received });
    }
    finds(link.meter, frames.at(-1)![0] + 1500, what, RATE, 0.03);
  }
});

Deno.test("a link is found that is shared by many frames at once", () => {
  for (const atOnce of [8, 16, 32]) {
    const meter = new UplinkMeter(atOnce);
    meter.addQuestion(new Link().send(0, 100));
    const lastsMs = atOnce * FRAME * 1000 / RATE;
    for (const sentAtMs of instants(7, lastsMs + 200)) {
      const received = { at_ms: sentAtMs + lastsMs + WAY_MS, clock: "c" };
      for (let n = 0; n < atOnce; n++) {
        meter.addUpload({ bytes: FRAME, sentAtMs, received });
        if (sentAtMs === 1000) continue; // of the first ones, nobody knows how many come along
        finds(meter, sentAtMs + lastsMs + 100, `${n + 1} of ${atOnce}`, RATE, 0.15);
      }
    }
  }
});

Deno.test("a link that has become slower is believed as far as its frames say so", () => {
  const link = new Link();
  link.question(0);
  link.frames(...instants(20, 400));
  const slow = new Link(RATE / 10);
  for (const atMs of instants(10, 4000, 10_000)) link.meter.addUpload(slow.send(atMs));
  const found = link.meter.bytesPerSec(50_000)!;
  assert.ok(found < 0.3 * RATE, `${found} bytes/s`);
});

Deno.test("frames that came to nothing took the link from others, as far as those alone say", () => {
  /** One frame alone, and then four at once, of which one is answered before they are given up. */
  const round = (atMs: number, rate: number, fourMs: number) => {
    meter.addUpload(new Link(rate).send(atMs));
    const received = { at_ms: atMs + 5000 + fourMs + WAY_MS, clock: "c" };
    for (let lost = 0; lost < 3; lost++) {
      meter.addLost({ sentAtMs: atMs + 5000, endedAtMs: atMs + 5000 + fourMs, bytes: FRAME });
    }
    meter.addUpload({ bytes: FRAME, sentAtMs: atMs + 5000, received });
  };
  let meter = new UplinkMeter();
  meter.addQuestion(new Link().send(0, 100));
  for (const atMs of [1000, 11_000, 21_000]) round(atMs, RATE, 1200);
  finds(meter, 30_000, "four share it");

  meter = new UplinkMeter();
  meter.addQuestion(new Link().send(0, 100));
  for (const atMs of [1000, 11_000]) round(atMs, RATE, 310); // the cloud does not answer, the link is free
  finds(meter, 30_000, "they were no burden", RATE, 0.05);

  meter = new UplinkMeter();
  meter.addQuestion(new Link().send(0, 100));
  meter.addUpload(new Link().send(1000));
  for (const atMs of [5000, 20_000]) round(atMs, RATE / 10, 8000);
  finds(meter, 40_000, "a link that has become slower", RATE / 10, 0.5);
});

Deno.test("answers that come in another order than the frames arrived change nothing", () => {
  const link = new Link();
  link.question(0);
  const frames = [1000, 1100, 1200, 1900, 5000].map((ms) => link.send(ms));
  const rng = seededRng(7);
  for (let round = 0; round < 20; round++) {
    const meter = new UplinkMeter();
    meter.addQuestion(new Link().send(0, 100));
    for (const frame of frames.toSorted(() => rng() - 0.5)) meter.addUpload(frame);
    finds(meter, 6000, `round ${round}`);
  }
});

Deno.test("what is not known is not told", () => {
  const link = new Link();
  assert.equal(link.meter.bytesPerSec(0), undefined);
  link.frames(0);
  assert.equal(link.meter.bytesPerSec(500), undefined, "no question tells how long the way takes");
  link.question(1000);
  finds(link.meter, 1200, "as soon as one does, also frames before it count");
  finds(link.meter, 60_000, "a minute later");
  assert.equal(link.meter.bytesPerSec(60_001), undefined, "no recent frame");
  link.frames(600_000, 602_000);
  finds(link.meter, 601_000, "a question of ten minutes ago");
  assert.equal(
    link.meter.bytesPerSec(603_000),
    undefined,
    "until then clocks may have drifted apart",
  );
});

Deno.test("questions that wait behind frames spoil nothing", () => {
  const link = new Link();
  link.question(0);
  for (const atMs of instants(30, 330)) {
    link.frames(atMs);
    link.question(atMs + 1);
  }
  finds(link.meter, 11_000, "questions among frames");

  const busy = new Link();
  busy.frames(0, 0, 0);
  busy.question(1); // behind 900 ms of frames, the first of which took 300
  busy.frames(2);
  assert.equal(busy.meter.bytesPerSec(2000), undefined, "it is seen that the only question waited");
  busy.question(2000);
  finds(busy.meter, 2100, "and one that did not");
});

Deno.test("on a link that is never free questions are not answered, and what is known stays", () => {
  const link = new Link();
  link.question(0);
  link.frames(...instants(900, 300));
  finds(link.meter, 271_000, "after four minutes");
});

Deno.test("on a busy link questions may always come in the middle of a frame", () => {
  const link = new Link();
  link.question(0);
  const frames: ReturnType<Link["send"]>[] = [];
  for (const atMs of instants(500, 400)) {
    frames.push(link.send(atMs));
    if (atMs % 2000 === 1000) link.question(atMs + 150);
    // Its answer comes after those of two questions, for it has to be inferred.
    if (frames.length > 11) link.meter.addUpload(frames.shift()!);
  }
  finds(link.meter, 201_000, "after three minutes");
});

Deno.test("with another clock all begins anew", () => {
  for (const jumpMs of [-1e9, -700, 700, 1e9]) {
    const link = new Link();
    link.question(0);
    link.frames(...instants(10, 400));
    link.wayMs += jumpMs;
    link.clock = "another";
    link.frames(6000);
    assert.equal(link.meter.bytesPerSec(7000), undefined, "restarted, and no question since");
    link.question(7000);
    finds(link.meter, 7000, `restarted, ${jumpMs} ms`);
  }
});

Deno.test("a clock that has jumped, or a way that has changed, is forgotten after a minute", () => {
  for (const jumpMs of [-200, 500]) {
    const link = new Link();
    link.question(0);
    link.frames(...instants(10, 400));
    link.wayMs += jumpMs;
    for (const atMs of instants(40, 2000, 6000)) {
      link.question(atMs);
      link.frames(atMs + 100);
    }
    finds(link.meter, 85_000, `${jumpMs} ms`);
  }
});

Deno.test("clocks that drift apart, and machines that are busy, leave it as true as it must be", () => {
  const rng = seededRng(3);
  const heldUpMs = () => -0.5 * Math.log(1 - rng()); // half a millisecond, now and then two
  for (const driftPpm of [-20, 0, 20]) {
    for (const [bytes, share] of [[30_000, 0.05], [10_000, 0.15]] as const) {
      const link = new Link(2.5e6); // 20 Mbit/s: 12 and 4 ms
      const late = (sent: ReturnType<Link["send"]>) => ({
        ...sent,
        received: {
          at_ms: sent.received.at_ms + heldUpMs() + sent.sentAtMs * driftPpm / 1e6,
          clock: "c",
        },
      });
      for (const atMs of instants(150, 2000, 0)) {
        link.meter.addQuestion(late(link.send(atMs, 100)));
        for (const afterMs of instants(100, 20, 1)) {
          link.meter.addUpload(late(link.send(atMs + afterMs, bytes)));
        }
      }
      assert.ok(link.meter.bytesPerSec(300_000 + 60_000) === undefined);
      finds(link.meter, 300_000, `${driftPpm} ppm, ${bytes} bytes`, 2.5e6, share);
    }
  }
});
