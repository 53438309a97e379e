/** What stands along the street and hides things for a moment: trees, lamp posts, bollards. */

import type { Rng } from "../core/rng.ts";
import type { Look } from "./look.ts";
import { contactShadow } from "./shadow.ts";
import { d, type Drawing, Sketch } from "./sketch.ts";
import { between, choose, type Colour, darker, lighter } from "./variation.ts";

const LEAVES: readonly Colour[] = ["#4c6b33", "#5b7a38", "#3f5f35", "#6b7f3c"];

/** Blots of leaves in a crown. */
const LEAF_BLOTS = 260;

/** A crown of leaves around (`cx`, `cy`): blots from dark below to light above. */
export function drawCrown(
  sketch: Sketch,
  cx: number,
  cy: number,
  radius: number,
  leaf: Colour,
  rng: Rng,
): void {
  for (let i = 0; i < LEAF_BLOTS; i++) {
    const turn = rng() * 2 * Math.PI;
    const out = Math.sqrt(rng());
    const x = cx + Math.cos(turn) * out * radius;
    const y = cy + Math.sin(turn) * out * radius * 0.82;
    const near = i / LEAF_BLOTS;
    // Lit from above left; the blots drawn last lie nearest and catch the most light.
    const light = (cy - y) / radius - (x - cx) / radius * 0.35 + between(rng, -0.3, 0.3) +
      near * 0.3;
    const size = radius * between(rng, 0.16, 0.3) * (1 - near * 0.62);
    const share = Math.min(0.6, Math.abs(light) * 0.52);
    sketch.ellipse(x, y, size * 1.2, size * 0.8, {
      fill: light > 0 ? lighter(leaf, share * 0.55) : darker(leaf, share),
      opacity: near < 0.3 ? 1 : 0.8,
    });
  }
}

function treeDrawing(leaf: Colour, height: number, radius: number, seed: () => Rng): Drawing {
  const rng = seed();
  const sketch = new Sketch();
  const bark = sketch.linear(-14, 0, 14, 0, [[0, "#6d5c49"], [0.4, "#55473a"], [1, "#2b241d"]]);
  const fork = -height + radius * 0.7;
  sketch.path(d`M-15 0Q-9 -30 -9 ${fork / 2}L-7 ${fork}L7 ${fork}L8 ${fork / 2}Q9 -30 16 0Z`, {
    fill: bark,
  });
  for (const side of [-1, 1]) {
    sketch.line(
      d`M0 ${fork + 70}Q${side * 20} ${fork + 20} ${side * radius * 0.5} ${fork - 30}`,
      "#4a3e32",
      9,
    );
  }
  drawCrown(sketch, 0, -height, radius, leaf, rng);
  return sketch.done({
    left: -radius * 1.35,
    top: -height - radius * 1.15,
    right: radius * 1.35,
    bottom: 3,
  });
}

function standing(key: string, draw: () => Drawing, shadow: () => Drawing): Look {
  const layers = [{ label: undefined, draw }];
  return { key, layers, shadow, phases: 1, cycleMetres: 1, lengthCm: 30 };
}

/** A street tree; `seed` starts the same stream of numbers at every call. */
export function createTree(key: string, seed: () => Rng): Look {
  const rng = seed();
  const leaf = choose(rng, LEAVES);
  const height = between(rng, 430, 540);
  const radius = between(rng, 130, 190);
  return standing(
    key,
    () => treeDrawing(leaf, height, radius, seed),
    () => contactShadow(radius * 1.3, 46, 0.4),
  );
}

/** A lamp post of the given height in cm; its arm reaches over the road. */
export function createLampPost(key: string, height: number): Look {
  return standing(key, () => {
    const sketch = new Sketch();
    const metal = sketch.linear(-6, 0, 6, 0, [[0, "#4c5257"], [0.35, "#8d959b"], [1, "#24282b"]]);
    sketch.path(d`M-10 0L-8 -46L-4.5 -52L-3.6 ${-height}L3.6 ${-height}L4.5 -52L8 -46L10 0Z`, {
      fill: metal,
    });
    sketch.line(d`M0 ${-height + 6}Q4 ${-height - 44} 64 ${-height - 46}`, "#62696e", 6);
    sketch.path(d`M52 ${-height - 54}l56 4q8 8 -4 12l-50 -4Z`, { fill: "#3c4246" });
    sketch.path(d`M60 ${-height - 43}l44 4q-20 9 -44 -4Z`, { fill: "#eef0e6" });
    return sketch.done({ left: -12, top: -height - 60, right: 116, bottom: 3 });
  }, () => contactShadow(34, 12, 0.5));
}

/** A bollard at the kerb. */
export function createBollard(key: string): Look {
  return standing(key, () => {
    const sketch = new Sketch();
    sketch.rect(-7, -84, 14, 84, {
      rx: 5,
      fill: sketch.linear(-7, 0, 7, 0, [[0, "#2a2e31"], [0.35, "#6b7378"], [1, "#17191b"]]),
    });
    sketch.rect(-7, -72, 14, 7, { fill: "#c9ccc9" });
    return sketch.done({ left: -8, top: -86, right: 8, bottom: 2 });
  }, () => contactShadow(26, 9, 0.5));
}
