/**
 * Who is on the street when: a pure function of the seed and the time. Each row has an endless
 * stream of places, numbered by whole numbers, and everything about a place follows from the seed,
 * the row and its number.
 */

import { createBus } from "./bus.ts";
import { createCar } from "./car.ts";
import { createBicycle, createMotorcycle } from "./cycle.ts";
import type { Layout, Row } from "./layout.ts";
import type { Look } from "./look.ts";
import { createPerson } from "./person.ts";
import { createBollard, createLampPost, createTree } from "./tree.ts";
import { createTruck } from "./truck.ts";
import { between, choose, rngFor } from "./variation.ts";
import type { Rng } from "../core/rng.ts";

/** Something at its place at a moment. */
export interface Actor {
  /** Who it is: its row and its place there; `undefined` for what stands there and is nobody. */
  readonly name: string | undefined;
  /** What it looks like. */
  readonly look: Look;
  /** Where across the street it is. */
  readonly row: Row;
  /** Metres to the right of the middle of the street. */
  readonly metres: number;
  /** 1 towards the right, -1 towards the left. */
  readonly facing: 1 | -1;
  /** Which of the look's poses, 0 to `look.phases - 1`. */
  readonly phase: number;
}

type Kind = "car" | "bus" | "truck" | "motorcycle" | "bicycle" | "person";

/** How many different ones of each kind a scene has. */
const CAST: Readonly<Record<Kind, readonly [count: number, create: typeof createCar]>> = {
  car: [12, createCar],
  bus: [2, createBus],
  truck: [3, createTruck],
  motorcycle: [2, createMotorcycle],
  bicycle: [3, createBicycle],
  person: [14, createPerson],
};

/** Vehicles in a lane: one speed for all, so that none drives into another. */
interface Lane {
  readonly row: Row;
  readonly facing: 1 | -1;
  /** From middle to middle, metres, before each place is moved by up to `looseMetres`. */
  readonly gapMetres: number;
  readonly looseMetres: number;
  readonly speed: readonly [low: number, high: number];
  /** A kind is chosen from these; long vehicles only at places with an even number. */
  readonly kinds: readonly Kind[];
  readonly evenKinds: readonly Kind[];
}

const LANES: readonly Lane[] = [
  {
    row: "farLane",
    facing: -1,
    gapMetres: 11,
    looseMetres: 1.4,
    speed: [3.2, 4.6],
    kinds: ["car", "car", "car", "car", "car", "car", "car", "motorcycle"],
    evenKinds: ["car", "car", "car", "bus", "truck", "truck"],
  },
  {
    row: "nearLane",
    facing: 1,
    gapMetres: 10.5,
    looseMetres: 1.8,
    speed: [3, 4.4],
    kinds: ["car", "car", "car", "car", "car", "car", "motorcycle"],
    evenKinds: ["car", "car", "car", "car", "car", "car", "car", "car", "truck"],
  },
  {
    row: "cycleLane",
    facing: 1,
    gapMetres: 26,
    looseMetres: 7,
    speed: [2.8, 3.8],
    kinds: ["bicycle"],
    evenKinds: ["bicycle"],
  },
];

/** People on a pavement: each with a speed and a direction. */
interface Walk {
  readonly row: Row;
  /** From one person's coming into view to the next one's. */
  readonly periodSeconds: number;
}

const WALKS: readonly Walk[] = [
  { row: "farWalkBack", periodSeconds: 19 },
  { row: "farWalkFront", periodSeconds: 15 },
  { row: "nearWalkBack", periodSeconds: 7.5 },
  { row: "nearWalkFront", periodSeconds: 8 },
];

const WALKING_SPEED = [0.95, 1.5] as const;

/** Longest half of a vehicle, metres: that far outside the frame something may still be seen. */
const MARGIN_METRES = 6.5;

/** The street's cast and their timetable. */
export class World {
  readonly #cast: Readonly<Record<Kind, readonly Look[]>>;
  readonly #fixtures: readonly Actor[];

  /**
   * The street that `seed` stands for, as far as `layout` shows it.
   *
   * @param traffic share of the places in it that are taken, 0 to 1; those who are there are where they
   * would be among all.
   */
  constructor(
    private readonly layout: Layout,
    private readonly seed: number,
    private readonly traffic: number = 1,
  ) {
    const cast = (kind: Kind) => {
      const [count, create] = CAST[kind];
      const of = (i: number) => create(`${kind}-${i}`, rngFor(seed, 0x6c6f, kind.length, i));
      return Array.from({ length: count }, (_, i) => of(i));
    };
    this.#cast = {
      car: cast("car"),
      bus: cast("bus"),
      truck: cast("truck"),
      motorcycle: cast("motorcycle"),
      bicycle: cast("bicycle"),
      person: cast("person"),
    };
    this.#fixtures = fixtures(layout, seed);
  }

  /** Everything in or near the frame at `seconds`, far to near. */
  actors(seconds: number): Actor[] {
    const actors = [
      ...this.#fixtures,
      ...LANES.flatMap((lane, i) => this.#inLane(lane, i, seconds)),
      ...WALKS.flatMap((walk, i) => this.#onWalk(walk, i, seconds)),
    ];
    return actors.sort((a, b) =>
      this.layout.pixelsPerMetre(a.row) - this.layout.pixelsPerMetre(b.row)
    );
  }

  #inLane(lane: Lane, index: number, seconds: number): Actor[] {
    const rng = rngFor(this.seed, 0x1a4e, index);
    const speed = between(rng, ...lane.speed);
    const start = rng() * lane.gapMetres;
    // The lane slows down and speeds up together, and never stops.
    const travelled = start + speed * seconds +
      0.55 * speed * 2.6 * Math.sin(seconds / 2.6 + rng() * 6);
    const reach = this.layout.halfWidthMetres(lane.row) + MARGIN_METRES;
    const first = Math.floor((travelled - reach - lane.looseMetres) / lane.gapMetres);
    const last = Math.ceil((travelled + reach + lane.looseMetres) / lane.gapMetres);
    const actors: Actor[] = [];
    for (let n = first; n <= last; n++) {
      if (!this.#isTaken(0x51a7, index, n)) continue;
      const own = rngFor(this.seed, 0x51a7, index, n);
      const kind = choose(own, n % 2 === 0 ? lane.evenKinds : lane.kinds);
      const look = choose(own, this.#cast[kind]);
      const loose = between(own, -lane.looseMetres, lane.looseMetres);
      const metres = lane.facing * (travelled - n * lane.gapMetres + loose);
      if (Math.abs(metres) > reach) continue;
      const name = `${lane.row} ${n}`;
      actors.push(actor(name, look, lane.row, metres, lane.facing, travelled));
    }
    return actors;
  }

  #onWalk(walk: Walk, index: number, seconds: number): Actor[] {
    const reach = this.layout.halfWidthMetres(walk.row) + 1;
    const crossing = 2 * reach / WALKING_SPEED[0];
    // Wider frames show more of the pavement, not more people on each metre of it.
    const first = Math.floor((seconds - crossing) / walk.periodSeconds) - 1;
    const last = Math.ceil(seconds / walk.periodSeconds) + 1;
    const actors: Actor[] = [];
    for (let n = first; n <= last; n++) {
      if (!this.#isTaken(0x3a1c, index, n)) continue;
      const own = rngFor(this.seed, 0x3a1c, index, n);
      const facing = own() < 0.5 ? 1 : -1;
      const look = choose(own, this.#cast.person);
      const speed = between(own, ...WALKING_SPEED);
      const since = seconds - (n + own() * 0.8) * walk.periodSeconds;
      const travelled = speed * since;
      if (travelled < 0 || travelled > 2 * reach) continue;
      const name = `${walk.row} ${n}`;
      actors.push(actor(name, look, walk.row, facing * (travelled - reach), facing, travelled));
    }
    return actors;
  }

  /** Whether somebody is at a place: of its own luck, so that nobody else changes with it. */
  #isTaken(...place: readonly number[]): boolean {
    return this.traffic >= 1 || rngFor(this.seed, 0x7aff, ...place)() < this.traffic;
  }
}

function actor(
  name: string,
  look: Look,
  row: Row,
  metres: number,
  facing: 1 | -1,
  travelled: number,
): Actor {
  const cycles = travelled / look.cycleMetres;
  const phase = Math.floor((cycles - Math.floor(cycles)) * look.phases);
  return { name, look, row, metres, facing, phase };
}

/** Trees and lamp posts at the far kerb, a few posts at the near one. */
function fixtures(layout: Layout, seed: number): Actor[] {
  const rng: Rng = rngFor(seed, 0x7ee);
  const found: Actor[] = [];
  const put = (look: Look, row: Row, metres: number, facing: 1 | -1) =>
    found.push({ name: undefined, look, row, metres, facing, phase: 0 });
  const far = layout.halfWidthMetres("farKerb") + 3;
  const lamp = createLampPost("lamp-far", 560);
  for (let x = -far + rng() * 5, i = 0; x < far; x += between(rng, 4.6, 7.5), i++) {
    if (i % 3 === 1) put(lamp, "farKerb", x, 1);
    else put(createTree(`tree-${i}`, () => rngFor(seed, 0x7ee5, i)), "farKerb", x, 1);
  }
  const near = layout.halfWidthMetres("nearKerb");
  put(
    createLampPost("lamp-near", 620),
    "nearKerb",
    choose(rng, [-1, 1]) * between(rng, 0.45, 0.85) * near,
    -1,
  );
  const bollard = createBollard("bollard");
  for (let x = -near + rng() * 3; x < near; x += 3.1) put(bollard, "nearKerb", x, 1);
  return found;
}
