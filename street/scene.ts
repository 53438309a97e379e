/**
 * A rendered street with moving people and vehicles, and the exact boxes of every frame. Any frame
 * can be rendered without the ones before it: the same options and index give the same bytes.
 *
 * Truth is what is seen: a box bounds the pixels of a thing that are in the frame and not hidden
 * behind another thing. A thing of which less than a quarter is seen, be it hidden or beyond the
 * frame's edge, is left out. A rider and what is ridden are two things.
 */

import { setImmediate } from "node:timers";

import type { Box } from "../core/detection.ts";
import { SmarteyeError } from "../core/errors.ts";
import { isWithin, wantedNumber } from "../core/number.ts";
import type { Pixels } from "../core/frame.ts";
import { renderBackground } from "./background.ts";
import { Canvas, NOBODY } from "./canvas.ts";
import { Layout } from "./layout.ts";
import { createLighting, Sensor } from "./lighting.ts";
import { CLASS_IDS, type Label } from "./look.ts";
import { rasterise, type Sprite, SpriteCache } from "./sprite.ts";
import { rngFor } from "./variation.ts";
import { SCENE_LIMITS, type SceneOptions } from "./options.ts";
import { type Actor, World } from "./world.ts";

/** One thing that is seen in a frame. */
export interface TruthBox {
  /** COCO's name. */
  readonly label: Label;
  /** Index among COCO's 80 classes. */
  readonly class_id: number;
  /**
   * Which thing of the scene it is, the same in every frame: `<row> <place> <layer>`. Of a rider and
   * what is ridden, the layers differ.
   */
  readonly thing: string;
  /** Bounds of what is seen of it, in pixels of the frame. */
  readonly box: Box;
}

/** A frame with its truth. */
export interface SceneFrame {
  /** The frame as the camera took it. */
  readonly pixels: Pixels;
  /** Far to near. */
  readonly truth: readonly TruthBox[];
}

/** Share of a thing that must be seen for it to count. */
const SEEN_SHARE_MIN = 0.25;

/** Pixels that sprites may take before the ones longest unused are dropped. */
const SPRITE_BYTES_MAX = 160 * 1024 * 1024;

/** Pixels worked on between two chances for other work on the event loop. */
const PIXELS_PER_TURN = 400_000;

interface Placed {
  readonly sprite: Sprite;
  readonly x: number;
  readonly y: number;
  readonly owner: number | undefined;
  readonly label: Label | undefined;
  readonly thing: string | undefined;
}

/** A street, ready to be rendered. */
export class StreetScene {
  readonly #sprites = new SpriteCache(SPRITE_BYTES_MAX);

  private constructor(
    readonly options: SceneOptions,
    private readonly layout: Layout,
    private readonly world: World,
    private readonly background: Pixels,
    private readonly sensor: Sensor,
  ) {}

  /**
   * Draws the street itself; people and vehicles are drawn when they first come into view.
   *
   * @throws {SmarteyeError} `invalid_argument` when an option is out of {@link SCENE_LIMITS}.
   */
  static async create(options: SceneOptions): Promise<StreetScene> {
    checkOptions(options);
    const { seed } = options;
    const layout = new Layout(options);
    const lighting = createLighting(rngFor(seed, 0x119));
    const background = await renderBackground(layout, lighting, seed);
    const sensor = new Sensor(lighting, rngFor(seed, 0x5e5));
    const world = new World(layout, seed, options.traffic);
    return new StreetScene(options, layout, world, background, sensor);
  }

  /** Renders a frame. `frameIndex` starts at 0; the pixels belong to the caller. */
  async render(frameIndex: number): Promise<SceneFrame> {
    const { fps, seed, width, height } = this.options;
    const seconds = frameIndex / fps;
    await turn(); // with every sprite at hand, nothing below would wait
    const placed = await this.#place(this.world.actors(seconds));
    const canvas = new Canvas(this.background);
    let work = 0;
    for (const { sprite, x, y, owner } of placed) {
      canvas.put(sprite, x, y, owner);
      work += sprite.width * sprite.height;
      if (work > PIXELS_PER_TURN) {
        await turn();
        work = 0;
      }
    }
    const truth: TruthBox[] = [];
    for (const { sprite, x, y, owner, label, thing } of placed) {
      if (owner === undefined || label === undefined || thing === undefined) continue;
      const seen = canvas.seen(sprite, x, y, owner);
      if (seen === undefined || seen.share < SEEN_SHARE_MIN) continue;
      truth.push({ label, class_id: CLASS_IDS[label], thing, box: seen.box });
    }
    const curves = this.sensor.curvesAt(seconds);
    const rng = rngFor(seed, 0x9015e, frameIndex);
    const rows = Math.max(1, Math.floor(PIXELS_PER_TURN / width));
    for (let row = 0; row < height; row += rows) {
      if (row > 0) await turn();
      const to = Math.min(height, row + rows);
      this.sensor.develop(canvas.pixels.data, width * 3, row, to, curves, rng);
    }
    return { pixels: canvas.pixels, truth };
  }

  /** The sprites of all actors, back to front, each with its shadow before it. */
  async #place(actors: readonly Actor[]): Promise<Placed[]> {
    const placed: Placed[] = [];
    let owners = NOBODY;
    for (const { name, look, row, metres, facing, phase } of actors) {
      const pixelsPerCm = this.layout.pixelsPerMetre(row) / 100;
      const x = this.layout.x(row, metres);
      const y = this.layout.groundY(row);
      const half = look.lengthCm * pixelsPerCm;
      if (x + half < 0 || x - half > this.layout.width) continue;
      const key = `${look.key} ${row} ${facing}`;
      // One actor after the other: sprites that come all at once would hold the event loop up.
      const [shadow, ...layers] = await Promise.all([
        this.#sprites.get(`${key} shadow`, () => rasterise(look.shadow(), pixelsPerCm, facing)),
        ...look.layers.map((layer, i) =>
          this.#sprites.get(
            `${key} ${phase} ${i}`,
            () => rasterise(layer.draw(phase / look.phases), pixelsPerCm, facing),
          )
        ),
      ]);
      placed.push({ sprite: shadow, x, y, owner: undefined, label: undefined, thing: undefined });
      layers.forEach((sprite, i) => {
        const label = look.layers[i]!.label;
        const thing = name === undefined ? undefined : `${name} ${i}`;
        placed.push({ sprite, x, y, owner: label === undefined ? NOBODY : ++owners, label, thing });
      });
    }
    return placed;
  }
}

function checkOptions(options: SceneOptions): void {
  for (const [name, range] of Object.entries(SCENE_LIMITS)) {
    const value = options[name as keyof SceneOptions];
    if (value === undefined && name === "traffic" || isWithin(Number(value), range)) continue;
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot render the scene with ${name} "${value}": ${wantedNumber(range)} is wanted`,
    );
  }
}

/** Lets other work on the event loop have its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
