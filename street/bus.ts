/** City buses, seen from the side. */

import type { Rng } from "../core/rng.ts";
import type { Look } from "./look.ts";
import { contactShadow } from "./shadow.ts";
import { d, type Drawing, polygon, Sketch } from "./sketch.ts";
import { between, choose, type Colour, darker, lighter } from "./variation.ts";
import { drawWheel, spokeMetres, type WheelStyle } from "./wheel.ts";

interface Livery {
  readonly main: Colour;
  readonly band: Colour;
}

const LIVERIES: readonly Livery[] = [
  { main: "#b3231f", band: "#e9e4da" },
  { main: "#e4e6e4", band: "#1f5fa0" },
  { main: "#d8a51c", band: "#33373b" },
  { main: "#2f7a4d", band: "#e9e6d5" },
  { main: "#27558f", band: "#d8dde0" },
];

const HEIGHT = 302;
const WHEEL: WheelStyle = { radius: 48, spokes: 8, rim: "steel" };

function outline(half: number, lift: number): string {
  return d`M${-half + 4} -32L${-half} ${-HEIGHT + 26}Q${-half} ${-HEIGHT - lift} ${-half + 26} ${
    -HEIGHT - lift
  }L${half - 34} ${-HEIGHT - lift}Q${half - 6} ${-HEIGHT - lift} ${half - 4} ${-HEIGHT + 30}` +
    d`Q${half + 3} -150 ${half} -70L${half - 4} -32Z`;
}

/** A row of windows and two doors, dark glass with passengers behind it and the sky on it. */
function drawGlass(sketch: Sketch, half: number, passengers: readonly number[]): void {
  const [top, bottom] = [-HEIGHT + 34, -146];
  const glass = sketch.linear(0, top, 0, bottom, [
    [0, "#7f95a3"],
    [0.3, "#4a5c69"],
    [0.55, "#26333c"],
    [1, "#151c22"],
  ]);
  sketch.rect(-half + 18, top - 4, half * 2 - 40, bottom - top + 8, { rx: 12, fill: "#0d1013" });
  const doors = [half - 128, -half * 0.02];
  const pane = (x1: number, x2: number, low: number) => {
    sketch.rect(x1 + 3, top, x2 - x1 - 6, low - top, { rx: 8, fill: glass });
    if (x2 - x1 < 90) return;
    sketch.path(polygon([x1 + 20, low], [x1 + 58, top], [x1 + 80, top], [x1 + 42, low]), {
      fill: "#dbe8ef",
      opacity: 0.15,
    });
  };
  const bodyGlass = sketch.clip(
    polygon([-half + 22, top], [half - 26, top], [half - 26, bottom], [-half + 22, bottom]),
  );
  for (let x = -half + 22; x < half - 140; x += 122) pane(x, Math.min(x + 122, half - 132), bottom);
  sketch.group({ "clip-path": bodyGlass, opacity: 0.5 }, () => {
    for (const share of passengers) {
      const x = -half + 60 + share * (half * 2 - 240);
      sketch.ellipse(x, bottom - 40, 11, 14, { fill: "#8a6a55" });
      sketch.path(
        d`M${x - 24} ${bottom}Q${x - 20} ${bottom - 26} ${x} ${bottom - 27}Q${x + 22} ${
          bottom - 26
        } ${x + 26} ${bottom}Z`,
        { fill: "#39424c" },
      );
    }
  });
  for (const x of doors) {
    sketch.rect(x - 4, top - 6, 104, HEIGHT - 34 - 34, { rx: 5, fill: "#101316" });
    for (const leaf of [0, 49]) {
      sketch.rect(x + leaf + 2, top, 45, HEIGHT - 34 - 46, { rx: 6, fill: glass });
      sketch.path(
        polygon([x + leaf + 8, -60], [x + leaf + 26, top + 8], [x + leaf + 38, top + 8], [
          x + leaf + 20,
          -60,
        ]),
        { fill: "#dbe8ef", opacity: 0.14 },
      );
    }
  }
  pane(half - 24, half - 7, bottom + 30);
}

/** A bus with a livery and passengers chosen by `rng`. */
export function createBus(key: string, rng: Rng): Look {
  const livery = choose(rng, LIVERIES);
  const length = between(rng, 880, 1020);
  const passengers = Array.from({ length: 5 }, () => rng());
  const half = length / 2;
  const axles = [-half + 230, half - 210];
  const draw = (phase: number): Drawing => {
    const sketch = new Sketch();
    sketch.rect(-half + 40, -60, length - 80, 42, { fill: "#08090a" });
    sketch.path(outline(half, 10), { fill: lighter(livery.main, 0.5) });
    sketch.path(outline(half, 0), {
      fill: sketch.linear(0, -HEIGHT, 0, -30, [
        [0, lighter(livery.main, 0.45)],
        [0.06, lighter(livery.main, 0.12)],
        [0.5, livery.main],
        [0.58, lighter(livery.main, 0.3)],
        [0.72, darker(livery.main, 0.08)],
        [0.86, darker(livery.main, 0.3)],
        [1, darker(livery.main, 0.6)],
      ]),
    });
    sketch.rect(-half + 1, -128, length - 2, 16, { fill: livery.band, opacity: 0.85 });
    drawGlass(sketch, half, passengers);
    // Panels of the skirt, the roof's gutter, lamps.
    for (let x = -half + 110; x < half - 60; x += 118) {
      sketch.line(d`M${x} -108L${x} -36`, darker(livery.main, 0.55), 1.4, { opacity: 0.5 });
    }
    sketch.line(d`M${-half + 14} ${-HEIGHT + 22}L${half - 30} ${-HEIGHT + 22}`, "#10131699", 2);
    sketch.rect(half - 22, -84, 20, 18, { rx: 5, fill: "#f3f6f7" });
    sketch.rect(-half + 2, -118, 10, 34, { rx: 3, fill: "#b3191c" });
    sketch.rect(-half + 5, -44, length - 12, 14, { fill: "#121417", opacity: 0.8 });
    sketch.path(outline(half, 0), {
      fill: sketch.linear(-half, 0, half, 0, [
        [0, "#000000", 0.4],
        [0.04, "#000000", 0.04],
        [0.5, "#ffffff", 0.06],
        [0.95, "#000000", 0.03],
        [1, "#000000", 0.36],
      ]),
    });
    for (const axle of axles) {
      sketch.path(d`M${axle - 60} -30A60 60 0 0 1 ${axle + 60} -30Z`, {
        fill: "#060708",
        transform: "translate(0 -12)",
      });
      drawWheel(sketch, axle, WHEEL, phase);
    }
    sketch.path(
      d`M${half - 8} ${-HEIGHT + 44}q22 2 20 22l-3 26q-8 3 -9 -4l2 -22q-1 -9 -12 -10Z`,
      { fill: "#15181b" },
    );
    return sketch.done({ left: -half - 4, top: -HEIGHT - 14, right: half + 18, bottom: 2 });
  };
  return {
    key,
    layers: [{ label: "bus", draw }],
    shadow: () => contactShadow(length, 90, 0.66),
    phases: 4,
    cycleMetres: spokeMetres(WHEEL),
    lengthCm: length,
  };
}
