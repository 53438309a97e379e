/** The schedule of sweeps, on a clock in the test's hands. */

import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import type { RetentionLimits } from "./options.ts";
import { HELD_KINDS, REASONS } from "./plan.ts";
import { partsFor, rootsOf } from "./edge_retention.ts";
import { Retention } from "./retention.ts";
import type { SweepRequest, Swept } from "./sweep.ts";
import type { TrimLimits } from "./trimmable.ts";

const none = () => ({ files: 0, bytes: 0 });

function nothing(said: Partial<Swept> = {}): Swept {
  return {
    held: { files: 3, bytes: 300 },
    found: Object.fromEntries(
      HELD_KINDS.map((kind) => [kind, { ...none(), oldestMs: null }]),
    ) as Swept["found"],
    gone: Object.fromEntries(REASONS.map((why) => [why, none()])) as Swept["gone"],
    goneKinds: Object.fromEntries(HELD_KINDS.map((kind) => [kind, none()])) as Swept["goneKinds"],
    ...{ goneOfOwn: {}, kept: 0, why: null, seen: { foreign: 0, future: 0, refused: 0 } },
    ...{ freeBytes: 1000, goneUpToMs: null, excessBytes: 0, ...said },
  };
}

/** A clock that somebody puts right. */
class WrongClock extends FakeClock {
  aheadMs = 0;
  override epochMs(): number {
    return super.epochMs() + this.aheadMs;
  }
}

function made(
  limits: RetentionLimits = { ageMs: 1e9 },
  answer: (n: number) => { swept: Swept; tookMs: number } = () => ({
    swept: nothing(),
    tookMs: 10,
  }),
) {
  const clock = new WrongClock();
  const asked: (SweepRequest & { readonly atMs: number })[] = [];
  const trims: TrimLimits[] = [];
  const retention = new Retention({
    ...{ options: { ...limits, checkMs: 60_000 }, clock, roots: () => [], own: () => ["/own"] },
    databases: () => [{
      path: "/db",
      bytes: () => Promise.resolve(50),
      trim: (limits) => {
        trims.push(limits);
        return Promise.resolve(2);
      },
    }],
    sweep: (request) => {
      asked.push({ ...request, atMs: clock.nowMs() });
      return Promise.resolve().then(() => answer(asked.length));
    },
  });
  const ending = new AbortController();
  const running = retention.run(ending.signal);
  const end = async () => {
    ending.abort();
    await running;
  };
  return { clock, asked, trims, retention, end };
}

Deno.test("a sweep at the start, then one a minute; a full disk has the next one come soon", async () => {
  const { clock, asked, retention, end } = made();
  await clock.advance(180_000);
  const times = () => asked.map(({ atMs }) => atMs);
  assert.deepEqual(times(), [0, 60_000, 120_000, 180_000]);
  await clock.advance(1000);
  retention.soon();
  retention.soon();
  await clock.advance(10_000);
  assert.deepEqual(times().slice(4), [185_000]);
  await end();
  await clock.advance(1e6);
  assert.equal(asked.length, 5);
});

Deno.test("a sweep that takes long is followed by a pause that is twenty times as long", async () => {
  const { clock, asked, end } = made({ ageMs: 1 }, () => ({ swept: nothing(), tookMs: 30_000 }));
  await clock.advance(600_000);
  assert.deepEqual(asked.map(({ atMs }) => atMs), [0, 570_000]);
  await end();
});

Deno.test("what goes is added up, by why and by the run; one that fails is counted, and followed by another", async () => {
  const gone = { ...nothing().gone, size: { files: 2, bytes: 20 } };
  const { clock, retention, end } = made({ bytesMax: 100 }, (n) => {
    if (n === 2) throw new Error("no");
    return { swept: nothing({ gone, goneOfOwn: { "/own": { files: 1, bytes: 9 } } }), tookMs: 1 };
  });
  await clock.advance(130_000);
  const { totals } = retention;
  assert.deepEqual(totals.gone.size, { files: 4, bytes: 40 });
  assert.deepEqual(retention.goneOf("/own"), { files: 2, bytes: 18 });
  assert.deepEqual(retention.goneOf("/else"), none());
  assert.deepEqual([totals.failures, totals.rows, totals.freeBytes], [1, 4, 1000]);
  assert.equal(totals.heldBytes, 350, "with the database");
  await end();
});

Deno.test("rows go as far as files do, and where these are not enough, more", async () => {
  const limits = { ageMs: 1000, bytesMax: 100, eventsAgeMs: 5000 };
  const { clock, trims, end } = made(limits, (n) => {
    const goneUpToMs = n === 1 ? null : clockNow - 100;
    return { swept: nothing({ goneUpToMs, excessBytes: n === 1 ? 0 : 20 }), tookMs: 1 };
  });
  const clockNow = clock.epochMs() + 60_000;
  await clock.advance(61_000);
  assert.deepEqual(trims, [
    {
      beforeMs: clockNow - 60_000 - 1000,
      eventsBeforeMs: clockNow - 60_000 - 5000,
      newestMs: clockNow - 60_000,
    },
    {
      ...{ beforeMs: clockNow - 100, eventsBeforeMs: clockNow - 5000, newestMs: clockNow },
      bytesMax: 30,
    },
  ]);
  await end();
});

Deno.test("a clock that jumps: for an hour nothing goes for its age, and files know when the run began", async () => {
  const { clock, asked, end } = made({ ageMs: 1000, bytesMax: 5 });
  await clock.advance(61_000);
  clock.aheadMs = 56 * 365 * 86_400_000;
  await clock.advance(60_000);
  const { limits, nowMs, startedMs } = asked.at(-1)!;
  assert.deepEqual(limits, { bytesMax: 5 });
  assert.equal(nowMs - startedMs, 120_000);
  await clock.advance(3_600_000);
  assert.deepEqual(asked.at(-1)!.limits, { ageMs: 1000, bytesMax: 5 });
  await end();
});

Deno.test("parts of lines are small beside what is kept", () => {
  const [GB, DAY] = [1e9, 86_400_000];
  assert.deepEqual(partsFor({ ageMs: 30 * DAY }), { bytesMax: 64e6, spanMs: DAY });
  assert.deepEqual(partsFor({ bytesMax: GB }), { bytesMax: 20e6, spanMs: DAY });
  assert.deepEqual(partsFor({ ageMs: DAY, bytesMax: 10 }), { bytesMax: 1e6, spanMs: DAY / 4 });
});

Deno.test("what is governed: where runs are made, their directories, and files of video elsewhere", () => {
  const source = (name: string) => ({ name, resultsDirectory: `/r/${name}` });
  const sources = [source("door"), source("yard")];
  const sink = { what: [], queueLengthMax: 1, sources: [] };
  const roots = rootsOf({
    sources,
    sinks: [
      { ...sink, name: "v", kind: "video", where: "/clips" },
      { ...sink, name: "w", kind: "video", where: "/one.mp4", sources: ["yard"] },
      { ...sink, name: "own", kind: "video" },
      { ...sink, name: "db", kind: "sqlite", where: "/seen.sqlite" },
    ],
  }, "/runs");
  assert.deepEqual(roots.map(({ kind, directory }) => `${kind} ${directory}`), [
    ...["runs /runs", "run /r/door", "run /r/yard", "files /clips", "files /"],
  ]);
  const forms = roots.flatMap((root) => root.kind === "files" ? root.forms : []);
  const names = ["door.mp4", "yard_2026-01-31_02-00-00_2.mp4", "one_yard_2026-01-31_02-00-00.mp4"];
  for (const name of names) assert.equal(forms.filter((form) => form.test(name)).length, 1, name);
  assert.ok(forms.every((form) => !form.test("yard_2.mp4") && !form.test("door.mp4.part")));
});
