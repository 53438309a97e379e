/** Everything that never moves: sky, houses, pavements, kerbs and the road, drawn once. */

import { renderSvg } from "../core/image.ts";
import type { Pixels } from "../core/frame.ts";
import type { Rng } from "../core/rng.ts";
import { drawHouse, type House } from "./building.ts";
import { type Layout, ROWS } from "./layout.ts";
import type { Lighting } from "./lighting.ts";
import { d, polygon, Sketch } from "./sketch.ts";
import { drawCrown } from "./tree.ts";
import { between, choose, type Colour, darker, lighter, rngFor } from "./variation.ts";

/** Roughness, as grey noise of the given grain in user units. */
function grain(sketch: Sketch, frequency: string, seed: number): string {
  return sketch.filter(
    `<feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="3" seed="${seed}"/>` +
      `<feColorMatrix values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1.6 0.9 0 0 -0.85"/>` +
      `<feComposite in2="SourceGraphic" operator="in"/>`,
  );
}

function drawSky(sketch: Sketch, layout: Layout, lighting: Lighting, rng: Rng): void {
  const low = layout.groundY("facade");
  const { width, scale } = layout;
  sketch.rect(0, 0, width, low, {
    fill: sketch.linear(0, 0, 0, low * 0.8, [[0, lighting.skyTop], [1, lighting.skyLow]]),
  });
  const soft = sketch.blur(5 * scale);
  sketch.group({ filter: soft, opacity: lighting.clouds }, () => {
    for (let i = 0; i < 9; i++) {
      const x = rng() * width;
      const y = rng() * low * 0.5;
      for (let k = 0; k < 5; k++) {
        sketch.ellipse(
          x + between(rng, -46, 46) * scale,
          y + between(rng, -7, 7) * scale,
          between(rng, 20, 52) * scale,
          between(rng, 5, 13) * scale,
          { fill: k < 2 ? "#dfe5ea" : "#ffffff", opacity: 0.6 },
        );
      }
    }
  });
  // Far roofs in the haze.
  const far = lighter("#6f7f8d", 0.25);
  let skyline = d`M0 ${low}`;
  for (let x = 0; x < width;) {
    const step = between(rng, 24, 60) * scale;
    const up = between(rng, 62, 108) * scale;
    skyline += d`L${x} ${low - up}L${x + step} ${low - up}`;
    x += step;
  }
  sketch.path(`${skyline}${d`L${width} ${low}Z`}`, { fill: far, opacity: 0.75 });
}

/** Houses side by side with gaps here and there, wide enough to fill the frame. */
function plan(layout: Layout, rng: Rng): House[] {
  const half = layout.halfWidthMetres("facade") * 100;
  const houses: House[] = [];
  for (let left = -half - rng() * 300; left < half;) {
    const width = between(rng, 470, 820);
    if (houses.length > 0 && rng() < 0.24) {
      left += between(rng, 180, 340);
      continue;
    }
    houses.push({ left, width, height: choose(rng, [430, 460, 640, 690, 930]) });
    left += width;
  }
  return houses;
}

function drawHouses(sketch: Sketch, layout: Layout, rng: Rng): void {
  const k = layout.pixelsPerMetre("facade") / 100;
  const base = layout.groundY("facade");
  const half = layout.halfWidthMetres("facade") * 100;
  const rough = grain(sketch, "0.035 0.05", 1 + Math.floor(rng() * 1000));
  sketch.group({ transform: `translate(${layout.width / 2} ${base}) scale(${k})` }, () => {
    // Between the houses: a hedge, trees behind it, a wall.
    for (let x = -half; x < half; x += 190) {
      drawCrown(sketch, x, -between(rng, 200, 330), 190, "#48643a", rng);
    }
    sketch.rect(-half - 50, -120, half * 2 + 100, 120, {
      fill: sketch.linear(0, -120, 0, 0, [[0, "#8f887c"], [0.1, "#777065"], [1, "#4e4941"]]),
    });
    for (const house of plan(layout, rng)) drawHouse(sketch, house, rough, rng);
  });
  // The shade at the foot of the walls.
  sketch.rect(0, base - 10 * layout.scale, layout.width, 10 * layout.scale, {
    fill: sketch.linear(0, base - 10 * layout.scale, 0, base, [[0, "#000000", 0], [
      1,
      "#000000",
      0.4,
    ]]),
  });
}

/** The place on the ground `metres` right of the middle, on the line of `pixelsPerMetre`. */
type Place = (metres: number, row: number) => readonly [x: number, y: number];

function drawPavement(sketch: Sketch, place: Place, from: number, to: number, stone: Colour): void {
  const wide = 60;
  sketch.path(polygon(place(-wide, from), place(wide, from), place(wide, to), place(-wide, to)), {
    fill: sketch.linear(0, place(0, from)[1], 0, place(0, to)[1], [
      [0, darker(stone, 0.12)],
      [1, lighter(stone, 0.08)],
    ]),
  });
  let joints = "";
  for (let x = -24; x <= 24; x += 0.9) {
    const [ax, ay] = place(x, from);
    const [bx, by] = place(x, to);
    joints += d`M${ax} ${ay}L${bx} ${by}`;
  }
  for (let depth = 1 / from; depth > 1 / to; depth -= 0.00085) {
    const [ax, ay] = place(-wide, 1 / depth);
    const [bx] = place(wide, 1 / depth);
    joints += d`M${ax} ${ay}L${bx} ${ay}`;
  }
  sketch.line(joints, darker(stone, 0.5), 0.7 * from / ROWS.nearKerb, { opacity: 0.4 });
}

function drawKerb(sketch: Sketch, place: Place, row: number, rise: number): void {
  const [left, y] = place(-60, row);
  const [right] = place(60, row);
  sketch.rect(left, y - rise * 1.6, right - left, rise * 0.8, { fill: "#c3bfb6" });
  sketch.rect(left, y - rise * 0.8, right - left, rise * 1.1, { fill: "#8b8881" });
  sketch.rect(left, y + rise * 0.3, right - left, rise * 1.1, { fill: "#23252a", opacity: 0.6 });
}

/** The road from kerb to kerb. In one piece: each thing lies over those before it. */
function drawRoad(sketch: Sketch, layout: Layout, place: Place, rng: Rng): void {
  const { width, scale } = layout;
  const [, top] = place(0, ROWS.farKerb);
  const [, bottom] = place(0, ROWS.nearKerb);
  const tar = choose<Colour>(rng, ["#5b5d60", "#55575b", "#626262", "#5a5854"]);
  sketch.rect(0, top, width, bottom - top, {
    fill: sketch.linear(0, top, 0, bottom, [[0, lighter(tar, 0.14)], [0.5, tar], [
      1,
      darker(tar, 0.1),
    ]]),
  });
  // Where wheels have polished the tar, and the oil between them.
  for (const row of [ROWS.farLane, ROWS.nearLane]) {
    for (
      const [offset, colour, opacity] of [[-0.6, "#8b8d8f", 0.25], [0.9, "#8b8d8f", 0.25], [
        0.2,
        "#26272a",
        0.22,
      ]] as const
    ) {
      const [, y] = place(0, row + offset);
      sketch.rect(0, y - 3 * scale, width, 6 * scale, {
        fill: colour,
        opacity,
        filter: sketch.blur(2 * scale),
      });
    }
  }
  for (let i = 0; i < 4; i++) {
    const row = between(rng, ROWS.farKerb + 1, ROWS.nearKerb - 3);
    const x = between(rng, -8, 8);
    const w = between(rng, 0.7, 2.2);
    const tall = between(rng, 0.8, 2);
    sketch.path(
      polygon(place(x, row), place(x + w, row), place(x + w, row + tall), place(x, row + tall)),
      { fill: i % 2 === 0 ? darker(tar, 0.3) : lighter(tar, 0.14), opacity: 0.55 },
    );
  }
  // Cracks, and a manhole's cover.
  for (let i = 0; i < 7; i++) {
    let [x, y] = [rng() * width, between(rng, top + 6 * scale, bottom - 6 * scale)];
    let crack = d`M${x} ${y}`;
    for (let k = 0; k < 6; k++) {
      x += between(rng, 3, 16) * scale;
      y += between(rng, -2.4, 2.4) * scale;
      crack += d`L${x} ${y}`;
    }
    sketch.line(crack, "#2c2d30", 0.8 * scale, { opacity: 0.55 });
  }
  const [coverX, coverY] = place(between(rng, -5, 5), 45);
  sketch.ellipse(coverX, coverY, 15 * scale, 4.2 * scale, { fill: "#3a3b3d", stroke: "#77787a" });
  sketch.rect(0, top, width, bottom - top, {
    filter: grain(sketch, `${0.5 / scale} ${0.9 / scale}`, 1 + Math.floor(rng() * 1000)),
    opacity: 0.34,
    fill: "#000000",
  });
  const dash = (row: number, thick: number, from: number, length: number) =>
    sketch.path(
      polygon(
        place(from, row),
        place(from + length, row),
        place(from + length, row + thick),
        place(from, row + thick),
      ),
      { fill: "#d9d8d0", opacity: 0.78 },
    );
  for (let x = -60; x < 60; x += 4.5) dash(ROWS.centreLine, 0.42, x, 2.4);
  dash(ROWS.cycleLine, 0.34, -60, 120);
  dash(ROWS.farKerb + 0.7, 0.22, -60, 120);
  dash(ROWS.nearKerb - 1.3, 0.34, -60, 120);
}

/** The dappled shade of trees that stand behind the camera, and light between their leaves. */
function drawShade(sketch: Sketch, layout: Layout, place: Place, sun: number, rng: Rng): void {
  const { width, height, scale } = layout;
  const [, from] = place(0, ROWS.nearLane);
  for (
    const [count, colour, opacity, size] of [[26, "#0b1120", 0.2, 30], [
      18,
      "#ffe9c0",
      0.1,
      16,
    ]] as const
  ) {
    sketch.group({ filter: sketch.blur(5 * scale), opacity: opacity * sun }, () => {
      for (let i = 0; i < count; i++) {
        const wide = between(rng, 0.5, 1.6) * size * scale;
        const y = height - (height - from) * Math.pow(rng(), 1.5);
        sketch.ellipse(rng() * width, y, wide * 1.6, wide * 0.42, { fill: colour });
      }
    });
  }
}

/** Draws a street's background at the layout's size. */
export async function renderBackground(
  layout: Layout,
  lighting: Lighting,
  seed: number,
): Promise<Pixels> {
  const { width, height } = layout;
  const rng = rngFor(seed, 0x6261);
  const sketch = new Sketch();
  const place: Place = (metres, row) => [
    width / 2 + metres * row * layout.scale,
    layout.y(row),
  ];
  drawSky(sketch, layout, lighting, rng);
  // The lens is focused on the road; what lies behind it is a little soft, and in the haze.
  sketch.group({ filter: sketch.blur(0.6 * layout.scale) }, () => drawHouses(sketch, layout, rng));
  const base = layout.groundY("facade");
  sketch.rect(0, 0, width, base, {
    fill: sketch.linear(0, 0, 0, base, [[0, lighting.skyLow, 0.04], [1, lighting.skyLow, 0.2]]),
  });
  const stone = choose<Colour>(rng, ["#a8a59d", "#b0aaa0", "#9c9d9e"]);
  drawPavement(sketch, place, ROWS.facade, ROWS.farKerb, stone);
  drawRoad(sketch, layout, place, rng);
  drawKerb(sketch, place, ROWS.farKerb, 1.6 * layout.scale);
  drawPavement(sketch, place, ROWS.nearKerb, 90, stone);
  drawKerb(sketch, place, ROWS.nearKerb, 2.6 * layout.scale);
  const [, near] = place(0, ROWS.nearKerb);
  const rough = grain(sketch, `${0.8 / layout.scale} ${1.1 / layout.scale}`, 7);
  sketch.rect(0, near, width, height - near, { filter: rough, opacity: 0.2, fill: "#000000" });
  drawShade(sketch, layout, place, lighting.sun, rng);
  const rgba = await renderSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      `${sketch.done({ left: 0, top: 0, right: width, bottom: height }).body}</svg>`,
    { width, height },
  );
  return withoutAlpha(rgba, width, height);
}

function withoutAlpha(rgba: Uint8Array, width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0, o = 0; o < data.length; i += 4, o += 3) {
    data[o] = rgba[i]!;
    data[o + 1] = rgba[i + 1]!;
    data[o + 2] = rgba[i + 2]!;
  }
  return { width, height, data };
}
