import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { profile } from "../../tests/fakes/models.ts";
import { snapshot } from "../../tests/fakes/snapshot.ts";
import { deadlineAccuracy, parameters } from "./deadline_accuracy.ts";
import type { Answer, ControlSnapshot, RecentResult } from "./policy.ts";

const DEADLINE_MS = 150;

/** A link on which the latest frames took so long, sent with so many bytes. */
function link(bytes: number, networkMs: number): Partial<ControlSnapshot["cloud"]> {
  const offload = { model: "accurate", bytes, networkMs, latencyMs: networkMs + 30 };
  return {
    available: true,
    roundTripMs: 40,
    recent: [300, 200, 100].map((agoMs) => ({ ...offload, agoMs })),
  };
}

/** Results that agree so much with each other, of the frames before the tenth. */
function results(place: "local" | "cloud", agreement: number): readonly RecentResult[] {
  return [2, 3, 4, 5, 6, 7, 8, 9].map((index, i) => ({
    ...{ index, ptsMs: (index - 1) * 66, place, model: "accurate", count: 3, meanScore: 0.8 },
    ...place === "cloud" ? { height: 480, quality: 85 } : { height: 0, quality: 0 },
    agreements: Array(i).fill(agreement),
  }));
}

/** Results of the cloud that agree so much, and one of the edge's own among them that agrees with none. */
function withLocalAt(at: number, agreement: number): readonly RecentResult[] {
  return results("cloud", agreement).map((result, i) => ({
    ...i === at ? results("local", 0)[at]! : result,
    agreements: Array.from(
      { length: i },
      (_, back) => i === at || i - 1 - back === at ? 0 : agreement,
    ),
  }));
}

/** The tenth frame of a video of 720 lines, 15 a second. */
function tenth(
  cloud: Partial<ControlSnapshot["cloud"]>,
  seen: readonly RecentResult[] = results("cloud", 0.3),
  given: Readonly<Record<string, number>> = {},
): ControlSnapshot {
  const defaults = Object.fromEntries(
    Object.entries(parameters).map(([name, { default: value }]) => [name, value]),
  );
  return {
    ...snapshot({
      frame: { index: 10, ptsMs: 9 * 66 },
      settings: { deadlineMs: DEADLINE_MS },
      parameters: { ...defaults, ...given },
      cloud,
    }),
    results: seen,
  };
}

const decide = (of: ControlSnapshot): Answer => deadlineAccuracy(of, seededRng(1));

/** How large a decision sends a frame; 0 where it does not. */
function sizeOf(answer: Answer): number {
  return answer.place === "cloud" ? answer.height * answer.quality : 0;
}

Deno.test("without a cloud it is the edge's fastest model", () => {
  const answer = decide(tenth({ available: false }, []));
  assert.deepEqual([answer.place, answer.place === "local" && answer.model], ["local", "fast"]);
});

Deno.test("a link that nobody has heard of is tried with the smallest, and hedged", () => {
  const answer = decide(tenth({ available: true, roundTripMs: 40 }, []));
  assert.ok(answer.place === "cloud");
  assert.deepEqual([answer.height, answer.quality], [160, 40]);
  assert.ok(answer.hedgeMs! < answer.waitMs! && answer.waitMs! < DEADLINE_MS);
});

Deno.test("the quicker the link, the larger what is sent; one that is too slow gets nothing", () => {
  const sizes = [60_000, 12_000, 3000, 100].map((bytes) => sizeOf(decide(tenth(link(bytes, 70)))));
  assert.equal(sizes[0], 480 * 85, "the largest on a quick one");
  assert.deepEqual(sizes, sizes.toSorted((a, b) => b - a));
  assert.equal(sizes.at(-1), 0);
});

Deno.test("it goes to the most accurate model of the cloud, whatever the names", () => {
  const models = [profile("a", 5, 50), profile("b", 50, 20)];
  const answer = decide(tenth({ ...link(60_000, 70), models }));
  assert.equal(answer.place === "cloud" && answer.model, "a");
});

Deno.test("a model of the cloud that would be late is passed over for one that is in time", () => {
  const models = [profile("quick", 20, 40), profile("thorough", 90, 50)];
  const modelFor = (networkMs: number, given = models) => {
    const answered = { bytes: 60_000, model: "thorough", networkMs, latencyMs: networkMs + 95 };
    const recent = [300, 200, 100].map((agoMs) => ({ ...answered, agoMs }));
    const of = tenth({
      available: true,
      roundTripMs: networkMs - 2,
      inferMs: 90,
      models: given,
      recent,
    });
    const answer = decide(of);
    return answer.place === "cloud" ? answer.model : answer.place;
  };
  assert.equal(modelFor(32), "thorough", "a way that is short");
  assert.equal(modelFor(65), "quick", "one on which it would be late");
  assert.notEqual(modelFor(65, [models[1]!]), "thorough", "where there is no other");
});

Deno.test("a cloud that nobody has heard of is tried with a model that can be in time", () => {
  const models = [profile("quick", 20, 40), profile("thorough", 140, 50)];
  const answer = decide(tenth({ available: true, roundTripMs: 40, models }, []));
  assert.equal(answer.place === "cloud" && answer.model, "quick");
});

Deno.test("a frame of a still scene does with the last result, unless each is to be inferred", () => {
  const slow = link(300, 90);
  const still = withLocalAt(3, 0.95);
  assert.equal(decide(tenth(slow, still)).place, "filter");
  assert.equal(decide(tenth(slow, still, { skip: 0 })).place, "local");
  assert.equal(decide(tenth(slow, results("cloud", 0.05))).place, "local", "of one that moves");
});

Deno.test("of a frame that would do with the last result, the edge is asked while nobody knows how good it is", () => {
  const slow = link(300, 90);
  const unknown = decide(tenth(slow, results("cloud", 0.95)));
  assert.deepEqual([unknown.place, unknown.reason], ["local", "to see what the edge sees"]);
  const known = decide(tenth(slow, withLocalAt(3, 0.95)));
  assert.equal(known.place, "filter");
  const later = tenth(
    slow,
    withLocalAt(3, 0.95).map((result) => ({ ...result, ptsMs: result.ptsMs + 60_000 })),
  );
  const frame = { ...later.frame, ptsMs: later.frame.ptsMs + 60_000 };
  const state = { ...known.state as object, index: 9 } as ControlSnapshot["state"];
  assert.equal(decide({ ...later, frame, state }).place, "local", "what it knows is a minute old");
  const alone = decide(tenth(slow, results("cloud", 0.95).slice(0, 6)));
  assert.equal(alone.place, "filter", "nothing is there that it could be held against");
});

Deno.test("bytes that cost something are saved where little is lost", () => {
  const still = withLocalAt(3, 0.95);
  assert.equal(decide(tenth(link(60_000, 70), still)).place, "cloud");
  assert.equal(decide(tenth(link(60_000, 70), still, { byte_cost: 20 })).place, "filter");
});

Deno.test("an answer that is on its way is reckoned with", () => {
  const onItsWay = { ...link(60_000, 90), underWay: [{ bytes: 60_000, sinceMs: 60 }] };
  const stale = results("local", 0.9);
  assert.notEqual(decide(tenth(onItsWay, stale)).place, "local", "it would be newer than that");
});

Deno.test("it learns how long results are good for, and how good the edge is", () => {
  const memory = (seen: readonly RecentResult[]) =>
    decide(tenth(link(60_000, 70), seen)).state as { agreement: number[]; local: number };
  const [still, moving] = [results("cloud", 0.95), results("cloud", 0.2)].map(memory);
  assert.ok(still!.agreement[1]! > moving!.agreement[1]!);
  const mixed = (agreement: number): RecentResult[] => [
    ...results("cloud", 0.9).slice(0, 7),
    { ...results("local", 0)[7]!, agreements: Array(7).fill(agreement) },
  ];
  assert.ok(memory(mixed(0.9)).local > memory(mixed(0.1)).local);
});
