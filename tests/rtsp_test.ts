/** A camera that fails in all the ways that cameras fail, and an edge that goes on. */

import assert from "node:assert/strict";
import { testWhere } from "./fakes/data.ts";
import { EdgeRun, holdWhole, type Taken } from "./rigs/edge_run.ts";
import { type RtspRig, rtspRig, type RtspScript, type RtspServer } from "./rigs/rtsp_server.ts";

/** Milliseconds without a picture after which the camera counts as stalled. */
const STALL_MS = 1500;

/** Milliseconds that a busy machine may be late in noticing. */
const LATE_MS = 1000;

/** Longest wait before one of the first tries, and what connecting takes. */
const BACK_MS = 8000;

/** Rounds of killing and starting again; a hundred by hand: `SMARTEYE_SOAK=100`. */
const ROUNDS = Number(Deno.env.get("SMARTEYE_SOAK") ?? 20);

const rig = await rtspRig();

function testRtsp(name: string, test: (rig: RtspRig) => Promise<void>): void {
  const isThere = typeof rig !== "string";
  testWhere(isThere ? "" : rig, isThere, name, () => test(rig as RtspRig));
}

/** An edge that watches a camera. */
const watching = (url: string, ...args: string[]) =>
  new EdgeRun("-f", url, "-i", "100", "--stall", String(STALL_MS), ...args);

/** Waits until the camera is watched again; tells how long it took. */
async function back(edge: EdgeRun, sinceMs: number): Promise<number> {
  const tookMs = await edge.captures(sinceMs, STALL_MS + BACK_MS + 60_000) - sinceMs;
  const limitMs = STALL_MS + BACK_MS;
  assert.ok(tookMs < limitMs, `it took ${tookMs} ms to come back, less than ${limitMs} are wanted`);
  return tookMs;
}

/** Ends an edge, and holds that so many interruptions are accounted for. */
async function holdEnd(edge: EdgeRun, interruptions: number): Promise<void> {
  await edge.stop();
  const stored = edge.stored();
  const summary = holdWhole(stored);
  assert.equal(summary.error, undefined);
  assert.equal(summary.interruptions.count, interruptions, "interruptions");
  const { events } = stored;
  const lives = events.filter(({ state }) => state === "live").length;
  assert.equal(lives, interruptions + 1, "it is said each time that the camera is back");
  assert.equal(events.at(-1)?.state, "ended");
}

/** Holds that a process takes no more of the machine than it did. */
function holdFlat(before: Taken, after: Taken): void {
  const MIB = 1024 * 1024;
  const mib = ({ rssBytes }: Taken) => (rssBytes / MIB).toFixed(0);
  assert.ok(
    after.rssBytes < before.rssBytes * 1.1 + 16 * MIB,
    `memory grew from ${mib(before)} to ${mib(after)} MiB`,
  );
  assert.ok(
    after.handles <= before.handles + 4,
    `open files grew from ${before.handles} to ${after.handles}`,
  );
}

testRtsp(`a camera that is killed and started again ${ROUNDS} times`, async (rig) => {
  await using camera = await rig.start();
  await using edge = watching(camera.url());
  await edge.captures(0);
  const settledAt = Math.min(5, Math.floor(ROUNDS / 2));
  let settled: Taken | undefined;
  for (let round = 1; round <= ROUNDS; round++) {
    const killedAtMs = Date.now();
    await camera.kill();
    const noticedAtMs = await edge.comesTo(["stalled", "waiting"], killedAtMs);
    const noticedMs = noticedAtMs - killedAtMs;
    assert.ok(noticedMs < STALL_MS + LATE_MS, `noticed after ${noticedMs} ms in round ${round}`);
    await camera.start();
    await back(edge, Date.now());
    if (round === settledAt) settled = edge.taken();
  }
  holdFlat(settled!, edge.taken());
  await holdEnd(edge, ROUNDS);
});

testRtsp("a camera that stalls without closing, three times, and freezes twice", async (rig) => {
  await using camera = await rig.start();
  await using edge = watching(camera.url());
  await edge.captures(0);
  const stalls: [() => unknown, () => unknown][] = [
    ...Array(3).fill([() => camera.tell("stall"), () => camera.tell("resume")]),
    ...Array(2).fill([() => camera.signal("SIGSTOP"), () => camera.signal("SIGCONT")]),
  ];
  for (const [stall, resume] of stalls) {
    const stalledAtMs = Date.now();
    await stall();
    const noticedMs = await edge.comesTo(["stalled", "waiting"], stalledAtMs) - stalledAtMs;
    assert.ok(noticedMs < STALL_MS + LATE_MS, `noticed after ${noticedMs} ms`);
    assert.ok(noticedMs > STALL_MS - 500, `noticed after ${noticedMs} ms: it was no stall yet`);
    await resume();
    await back(edge, Date.now());
  }
  await holdEnd(edge, stalls.length);
});

testRtsp("a camera that changes its resolution in mid-stream is followed", async (rig) => {
  await using camera = await rig.start({ size: "320x240" });
  await using edge = watching(camera.url());
  const sizeOf = ({ width, height }: { width: number; height: number }) => `${width}x${height}`;
  await edge.until(
    "a frame of 320×240",
    ({ records }) => records.some((record) => sizeOf(record) === "320x240"),
  );
  await camera.tell("size 480x320");
  await edge.until(
    "a frame of 480×320",
    ({ records }) => records.some((record) => sizeOf(record) === "480x320"),
    STALL_MS + BACK_MS,
  );
  await edge.stop();
  const { records } = edge.stored();
  const summary = holdWhole(edge.stored());
  assert.equal(summary.frames.failed, 0);
  const sizes = records.map(sizeOf).filter((size, i, all) => size !== all[i - 1]);
  assert.deepEqual(sizes, ["320x240", "480x320"], "no frame is of another size");
});

testRtsp("a camera that is not there yet is waited for", async (rig) => {
  await using camera = rig.planned();
  await using edge = watching(camera.url());
  await edge.comesTo(["waiting"], 0);
  await camera.start();
  await back(edge, Date.now());
  await edge.stop();
  holdWhole(edge.stored());
});

testRtsp("tries end after as many as were asked for", async (rig) => {
  const camera = rig.planned();
  await using edge = watching(camera.url(), "--reconnect", "2");
  const { code, stderr } = await edge.program.ran();
  assert.equal(code, 1, stderr);
  assert.match(stderr, /Cannot read/);
  assert.doesNotMatch(stderr, /Invalid data found/);
});

/** Runs an edge for a few frames of a camera with a password. */
async function watchWithPassword(camera: RtspServer, credentials: string) {
  await using edge = watching(camera.url(credentials), "--frames", "3", "--reconnect", "1");
  const ran = await edge.program.ran();
  const { records, events } = edge.stored();
  const all = [ran.stdout, ran.stderr, JSON.stringify(records), JSON.stringify(events)].join("\n");
  return { ...ran, all, records };
}

const PASSWORD = "p@ss:w/rd#1 ü%?&";

for (const auth of ["basic", "digest"] as const) {
  testRtsp(
    `a password of odd characters opens a camera, ${auth}; a wrong one is said`,
    async (rig) => {
      const script: RtspScript = { user: "admin", password: PASSWORD, auth };
      await using camera = await rig.start(script);
      const right = await watchWithPassword(camera, `admin:${encodeURIComponent(PASSWORD)}`);
      assert.equal(right.code, 0, right.stderr);
      assert.equal(right.records.length, 3);
      assert.ok(!right.all.includes("w/rd#1") && !right.all.includes("w%2Frd"), right.all);
      const wrong = await watchWithPassword(camera, "admin:not_the_one");
      assert.equal(wrong.code, 1, wrong.stderr);
      assert.match(wrong.stderr, /401|password|user/i);
      assert.doesNotMatch(wrong.stderr, /Invalid data found/);
      assert.ok(!wrong.all.includes("not_the_one"), wrong.all);
    },
  );
}

testRtsp(
  "a password that is not encoded is never printed, and it is said what to do",
  async (rig) => {
    await using camera = await rig.start({ user: "admin", password: "p@ss:w/rd#1" });
    const { code, stderr, all } = await watchWithPassword(camera, "admin:p@ss:w/rd#1");
    if (code !== 0) assert.match(stderr, /percent/);
    for (const part of ["p@ss", "w/rd", "rd#1"]) assert.ok(!all.includes(part), all);
  },
);

testRtsp("a camera that sends over UDP only is watched, unless TCP is asked for", async (rig) => {
  await using camera = await rig.start({ udp: true });
  {
    await using edge = watching(camera.url(), "--frames", "3", "--reconnect", "1");
    const { code, stderr } = await edge.program.ran();
    assert.equal(code, 0, stderr);
    assert.equal(holdWhole(edge.stored()).frames.captured, 3);
  }
  await using edge = watching(camera.url(), "--transport", "tcp", "--reconnect", "1");
  const { code, stderr } = await edge.program.ran();
  assert.equal(code, 1, stderr);
  assert.match(stderr, /udp|tcp|transport|Protocol/i);
});
