/** The bound against brute force, and against its relaxation. */

import assert from "node:assert/strict";
import { pickIndex, type Rng, seededRng } from "../../core/rng.ts";
import { constantCapacity, cutCapacity, steppedCapacity } from "../network/capacity.ts";
import { exactBound } from "./exact.ts";
import { lagrangianBound } from "./lagrangian.ts";
import type { Option, Problem } from "./problem.ts";

/** A small problem of any kind. */
function anyProblem(rng: Rng): Problem {
  const count = 2 + pickIndex(rng, 3);
  const points = 1 + pickIndex(rng, 3);
  const intervalMs = 30 + pickIndex(rng, 60);
  const deadlineMs = 60 + pickIndex(rng, 120);
  const plain = rng() < 0.5 ? constantCapacity(2000 + pickIndex(rng, 40_000)) : steppedCapacity([
    { fromMs: 0, bytesPerSec: pickIndex(rng, 40_000) },
    { fromMs: 70, bytesPerSec: 1000 + pickIndex(rng, 20_000) },
  ], 140);
  const uplink = rng() < 0.3 ? cutCapacity(plain, [{ fromMs: 50, toMs: 110 }]) : plain;
  const options = (atMs: number): Option[] =>
    Array.from({ length: points }, (_, point): Option => {
      const lag = pickIndex(rng, 3);
      const dueMs = atMs + deadlineMs + lag * intervalMs;
      return rng() < 0.7
        ? {
          ...{ point, lag, localMs: 0, bytes: 100 + pickIndex(rng, 3000) },
          ...{ releaseMs: atMs + pickIndex(rng, 10), throughByMs: dueMs - pickIndex(rng, 40) },
        }
        : {
          ...{ point, lag, bytes: 0, localMs: 10 + pickIndex(rng, 150) },
          ...{ releaseMs: atMs, throughByMs: dueMs },
        };
    });
  const worth = Array.from({ length: count * points * count }, () => rng());
  const nothing = Array.from({ length: count }, () => rng() * 0.3);
  return {
    frames: Array.from({ length: count }, (_, i) => (
      { atMs: i * intervalMs, options: options(i * intervalMs) }
    )),
    deadlineMs,
    workers: 1 + pickIndex(rng, 2),
    uplink,
    worth: (from, point, to) => worth[(from * points + point) * count + to]!,
    nothing: (frame) => nothing[frame]!,
  };
}

/** Tries everything. Work can be done if in no time more of it falls due than can be done in it. */
function bruteForce(problem: Problem): number {
  const { frames } = problem;
  let best = -Infinity;
  const tryAll = (chosen: (Option | undefined)[]) => {
    if (chosen.length < frames.length) {
      for (const option of [undefined, ...frames[chosen.length]!.options]) {
        tryAll([...chosen, option]);
      }
      return;
    }
    if (canBeDone(problem, chosen)) best = Math.max(best, worthOf(problem, chosen));
  };
  tryAll([]);
  return best;
}

function canBeDone({ uplink, workers }: Problem, chosen: readonly (Option | undefined)[]): boolean {
  const options = chosen.filter((option) => option !== undefined);
  const fits = (
    work: (option: Option) => number,
    capacity: (fromMs: number, toMs: number) => number,
  ) => {
    const jobs = options.filter((option) => work(option) > 0);
    return jobs.every(({ releaseMs: fromMs }) =>
      jobs.every(({ throughByMs: toMs }) => {
        const inside = jobs.filter((job) => job.releaseMs >= fromMs && job.throughByMs <= toMs);
        const sum = inside.reduce((total, job) => total + work(job), 0);
        return sum <= (toMs >= fromMs ? capacity(fromMs, toMs) : 0) + 1e-6;
      })
    );
  };
  return fits(
    ({ bytes }) => bytes,
    (from, to) => uplink.bytesUntil(to) - uplink.bytesUntil(from),
  ) &&
    fits(({ localMs }) => localMs, (from, to) => workers * (to - from));
}

function worthOf(problem: Problem, chosen: readonly (Option | undefined)[]): number {
  let sum = 0;
  for (const at of problem.frames.keys()) {
    let newest: number | undefined;
    for (const [frame, option] of chosen.entries()) {
      if (option && frame + option.lag <= at) newest = frame;
    }
    sum += newest === undefined
      ? problem.nothing(at)
      : problem.worth(newest, chosen[newest]!.point, at);
  }
  return sum;
}

Deno.test("the bound is what brute force finds, in 300 small cases", () => {
  let decided = 0;
  for (let seed = 0; seed < 300; seed++) {
    const problem = anyProblem(seededRng(seed));
    const found = exactBound(problem, 10_000);
    const wanted = bruteForce(problem);
    assert.ok(Math.abs(found! - wanted) < 1e-9, `seed ${seed}: ${found}, ${wanted} is wanted`);
    const nothing = problem.frames.reduce((sum, _, i) => sum + problem.nothing(i), 0);
    if (wanted > nothing + 1e-9) decided++;
  }
  assert.ok(decided > 200, `in ${decided} of them there is something to decide`);
});

Deno.test("the relaxation is never below what is possible, and near it", () => {
  const gaps: number[] = [];
  for (let seed = 0; seed < 200; seed++) {
    const problem = anyProblem(seededRng(seed));
    const exact = exactBound(problem, 10_000)!;
    const relaxed = lagrangianBound(problem, exact);
    assert.ok(relaxed >= exact - 1e-9, `seed ${seed}: ${relaxed} is below ${exact}`);
    gaps.push(relaxed / exact - 1);
  }
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  assert.ok(mean < 0.25, `on average ${(100 * mean).toFixed(1)} % above`);
});

Deno.test("what would take too long is not tried", () => {
  assert.equal(exactBound(anyProblem(seededRng(1)), 1), undefined);
});
