/** The houses on the far side: facades with windows, shop fronts, awnings and roofs. */

import type { Rng } from "../core/rng.ts";
import { d, polygon, type Sketch } from "./sketch.ts";
import { between, choose, type Colour, darker, lighter, mix } from "./variation.ts";

const WALLS: readonly Colour[] = [
  "#9c5f4a",
  "#b98d6b",
  "#c9bda6",
  "#8d8a86",
  "#a87a5f",
  "#d2c8b4",
  "#77655a",
  "#a5a294",
];
const AWNINGS: readonly Colour[] = ["#8f2c2a", "#2f5a45", "#2b4568", "#a87d2c", "#5b3b57"];
const SIGNS: readonly Colour[] = ["#2a3138", "#5a2424", "#23433a", "#e1ddd0", "#26415f"];

/** One house: its left edge, its width and its height, in cm; the ground is at 0. */
export interface House {
  /** Its left edge, cm from the middle of the street. */
  readonly left: number;
  /** Centimetres. */
  readonly width: number;
  /** Centimetres. */
  readonly height: number;
}

/** A pane with the sky in it above, the dark room below. */
function drawPane(sketch: Sketch, x: number, y: number, w: number, h: number, rng: Rng): void {
  const sky = choose<Colour>(rng, ["#8fa9bb", "#9db4c2", "#7d93a2", "#aab8bf"]);
  sketch.rect(x, y, w, h, {
    fill: sketch.linear(x, y, x + w * 0.4, y + h, [
      [0, sky],
      [0.4, mix(sky, "#2a3138", 0.55)],
      [1, "#20272d"],
    ]),
  });
}

function drawWindow(
  sketch: Sketch,
  x: number,
  y: number,
  w: number,
  h: number,
  wall: Colour,
  rng: Rng,
): void {
  sketch.rect(x - 9, y - 12, w + 18, h + 18, { fill: darker(wall, 0.22) });
  sketch.rect(x - 9, y - 14, w + 18, 9, { fill: lighter(wall, 0.28) });
  drawPane(sketch, x, y, w, h, rng);
  const curtain = rng();
  if (curtain < 0.55) {
    const cloth = choose<Colour>(rng, ["#d9d3c4", "#b9a48b", "#c4cbd0"]);
    const share = between(rng, 0.18, 0.36);
    for (const side of [x, x + w * (1 - share)]) {
      sketch.rect(side, y, w * share, h, { fill: darker(cloth, 0.25), opacity: 0.65 });
    }
  } else if (curtain < 0.7) {
    sketch.rect(x, y, w, h * between(rng, 0.25, 0.6), { fill: "#c9c4b6", opacity: 0.8 });
  }
  const frame = "#e3e0d8";
  sketch.rect(x, y, w, h, { fill: "none", stroke: frame, "stroke-width": 6 });
  sketch.line(
    d`M${x + w / 2} ${y}L${x + w / 2} ${y + h}M${x} ${y + h * 0.36}L${x + w} ${y + h * 0.36}`,
    frame,
    4.5,
  );
  sketch.rect(x - 13, y + h + 2, w + 26, 9, { fill: lighter(wall, 0.4) });
  sketch.rect(x - 13, y + h + 11, w + 26, 6, { fill: "#000000", opacity: 0.28 });
}

/** The ground floor. In one piece: each thing lies over those before it, and they share their measures. */
function drawShop(sketch: Sketch, house: House, wall: Colour, rng: Rng): void {
  const { left, width } = house;
  const sign = choose(rng, SIGNS);
  const top = -330;
  sketch.rect(left + 14, top, width - 28, 330, { fill: darker(wall, 0.5) });
  // The board over the shop, blank.
  sketch.rect(left + 14, top - 8, width - 28, 56, {
    fill: sketch.linear(0, top - 8, 0, top + 48, [[0, lighter(sign, 0.18)], [
      1,
      darker(sign, 0.25),
    ]]),
  });
  const doorLeft = left + width * between(rng, 0.16, 0.7);
  const doorWidth = 108;
  const bays: [number, number][] = [];
  if (doorLeft - left - 30 > 90) bays.push([left + 30, doorLeft - 14]);
  if (left + width - 30 - (doorLeft + doorWidth) > 90) {
    bays.push([doorLeft + doorWidth + 14, left + width - 30]);
  }
  for (const [x1, x2] of bays) {
    drawPane(sketch, x1, -268, x2 - x1, 212, rng);
    sketch.rect(x1, -268, x2 - x1, 212, {
      fill: sketch.linear(0, -268, 0, -56, [[0, "#fff3d8", 0.1], [0.6, "#f6e3bd", 0.34], [
        1,
        "#e2cda5",
        0.3,
      ]]),
    });
    // Goods behind the glass, in light.
    for (let x = x1 + 14; x < x2 - 34; x += between(rng, 26, 52)) {
      const tall = between(rng, 26, 92);
      sketch.rect(x, -60 - tall, between(rng, 14, 34), tall, {
        fill: choose(rng, ["#d8b47a", "#8c5a4a", "#6f8577", "#b9c2c6", "#a3863f"]),
        opacity: 0.28,
      });
    }
    sketch.path(
      polygon([x1 + (x2 - x1) * 0.2, -56], [x1 + (x2 - x1) * 0.5, -268], [
        x1 + (x2 - x1) * 0.68,
        -268,
      ], [x1 + (x2 - x1) * 0.38, -56]),
      { fill: "#e8f1f5", opacity: 0.13 },
    );
    sketch.rect(x1, -268, x2 - x1, 212, {
      fill: "none",
      stroke: darker(sign, 0.1),
      "stroke-width": 7,
    });
    sketch.rect(x1 - 6, -56, x2 - x1 + 12, 56, {
      fill: sketch.linear(0, -56, 0, 0, [[0, lighter(sign, 0.1)], [1, darker(sign, 0.4)]]),
    });
  }
  sketch.rect(doorLeft, -252, doorWidth, 252, { fill: darker(sign, 0.15) });
  drawPane(sketch, doorLeft + 16, -236, doorWidth - 32, 170, rng);
  sketch.rect(doorLeft + doorWidth - 14, -130, 5, 26, { fill: "#c9b98a" });
  if (rng() < 0.62) {
    const cloth = choose(rng, AWNINGS);
    const [x1, x2, low] = [left + 20, left + width - 20, -236];
    sketch.rect(x1 + 6, low, x2 - x1 - 12, 44, { fill: "#000000", opacity: 0.33 });
    const stripes = Math.max(4, Math.round((x2 - x1) / 56));
    for (let i = 0; i < stripes; i++) {
      const a = x1 + (x2 - x1) * i / stripes;
      const b = x1 + (x2 - x1) * (i + 1) / stripes;
      const colour = i % 2 === 0 ? cloth : "#e6e0d0";
      sketch.path(
        d`M${a} -300L${b} -300L${b} ${low}Q${(a + b) / 2} ${low + 22} ${a} ${low}Z`,
        {
          fill: sketch.linear(0, -300, 0, low, [[0, lighter(colour, 0.1)], [
            1,
            darker(colour, 0.22),
          ]]),
        },
      );
    }
  }
}

/** Draws a house; `texture` is a filter that roughens a wall. */
export function drawHouse(sketch: Sketch, house: House, texture: string, rng: Rng): void {
  const { left, width, height } = house;
  const wall = choose(rng, WALLS);
  sketch.rect(left, -height, width, height, {
    fill: sketch.linear(0, -height, 0, 0, [
      [0, lighter(wall, 0.12)],
      [0.7, darker(wall, 0.06)],
      [1, darker(wall, 0.3)],
    ]),
  });
  // Courses of brick or stone, too fine to count.
  const course = choose(rng, [16, 26, 60]);
  let lines = "";
  for (let y = -height + course; y < -330; y += course) {
    lines += d`M${left} ${y}L${left + width} ${y}`;
  }
  sketch.line(lines, darker(wall, 0.35), 2, { opacity: 0.28 });
  sketch.rect(left, -height, width, height, { filter: texture, opacity: 0.22, fill: "#000000" });
  const columns = Math.max(2, Math.floor(width / 210));
  const pitch = width / columns;
  const w = between(rng, 96, 118);
  for (let storey = 0; 340 + storey * 290 + 230 < height + 40; storey++) {
    const y = -(340 + storey * 290) - 205;
    for (let i = 0; i < columns; i++) {
      drawWindow(sketch, left + pitch * (i + 0.5) - w / 2, y, w, 152, wall, rng);
    }
  }
  drawShop(sketch, house, wall, rng);
  // Cornice and roof edge, with their shade.
  sketch.rect(left - 8, -height - 8, width + 16, 34, { fill: lighter(wall, 0.3) });
  sketch.rect(left - 8, -height + 26, width + 16, 7, { fill: darker(wall, 0.55) });
  sketch.rect(left, -height + 33, width, 26, { fill: "#000000", opacity: 0.2 });
  sketch.rect(left - 12, -height - 16, width + 24, 12, { fill: "#4a4744" });
  // A pipe and the shade of the neighbour.
  sketch.rect(left + width - 15, -height + 30, 8, height - 40, { fill: darker(wall, 0.45) });
  sketch.rect(left, -height, 14, height, { fill: "#000000", opacity: 0.16 });
}
