import { deepStrictEqual, notDeepStrictEqual, ok } from "node:assert/strict";

import { walkingPose } from "./gait.ts";
import { Layout, ROWS } from "./layout.ts";
import { World } from "./world.ts";

const LAYOUT = new Layout({ width: 640, height: 360 });
const SEEDS = [0, 1, 2, 3, 4, 5];

function where(world: World, seconds: number): string[] {
  return world.actors(seconds).map(({ look, row, metres, phase }) =>
    `${look.key} ${row} ${metres.toFixed(3)} ${phase}`
  );
}

Deno.test("World: a moment follows from the seed and the time alone", () => {
  const world = new World(LAYOUT, 3);
  const later = where(world, 12.5);
  where(world, 3);
  deepStrictEqual(where(world, 12.5), later);
  deepStrictEqual(where(new World(LAYOUT, 3), 12.5), later);
  notDeepStrictEqual(where(new World(LAYOUT, 4), 12.5), later);
});

Deno.test("World: actors come far to near", () => {
  const rows = new World(LAYOUT, 1).actors(20).map(({ row }) => ROWS[row]);
  deepStrictEqual(rows, rows.toSorted((a, b) => a - b));
});

Deno.test("World: vehicles of a lane never touch", () => {
  for (const seed of SEEDS) {
    const world = new World(LAYOUT, seed);
    for (let seconds = 0; seconds < 300; seconds += 7) {
      for (const row of ["nearLane", "farLane", "cycleLane"] as const) {
        const lane = world.actors(seconds).filter((actor) => actor.row === row)
          .sort((a, b) => a.metres - b.metres);
        for (let i = 1; i < lane.length; i++) {
          const [a, b] = [lane[i - 1]!, lane[i]!];
          const gap = b.metres - a.metres - (a.look.lengthCm + b.look.lengthCm) / 200;
          ok(gap > 0.3, `seed ${seed}, ${seconds} s, ${row}: ${a.look.key} and ${b.look.key}`);
        }
      }
    }
  }
});

Deno.test("World: everything moves smoothly: nothing appears inside the frame", () => {
  const world = new World(LAYOUT, 2);
  const step = 0.04;
  for (let seconds = 0; seconds < 40; seconds += step) {
    const before = world.actors(seconds);
    for (const now of world.actors(seconds + step)) {
      const half = LAYOUT.halfWidthMetres(now.row) - now.look.lengthCm / 200;
      if (Math.abs(now.metres) > half) continue;
      const near = before.some((actor) =>
        actor.look === now.look && actor.row === now.row &&
        Math.abs(actor.metres - now.metres) < 0.5
      );
      ok(near, `${now.look.key} at ${seconds} s`);
    }
  }
});

Deno.test("walkingPose: a foot is on the ground and none is in it, in every phase", () => {
  for (let phase = 0; phase < 1; phase += 1 / 32) {
    const { near, far } = walkingPose(175, phase, 1);
    const lowest = Math.max(...[near, far].flatMap(({ leg }) => [leg.heel[1], leg.toe[1]]));
    ok(lowest <= 0 && lowest > -4, `phase ${phase}: ${lowest}`);
  }
});
