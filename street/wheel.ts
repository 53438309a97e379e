/** A wheel seen from the side. */

import { d, number, type Sketch } from "./sketch.ts";

/** How a car's wheel looks. */
export interface WheelStyle {
  /** Radius with the tyre, cm. */
  readonly radius: number;
  /** Of the rim; the same pose comes back from one to the next. */
  readonly spokes: number;
  /** The rim's finish. */
  readonly rim: "silver" | "dark" | "steel";
}

const RIMS = {
  silver: ["#e6e9ec", "#9aa0a6"],
  dark: ["#6b7076", "#33363a"],
  steel: ["#b4b7ba", "#7c7f83"],
} as const;

/** Draws a wheel that stands on the ground at `cx`. `phase` turns it from one spoke to the next. */
export function drawWheel(sketch: Sketch, cx: number, style: WheelStyle, phase: number): void {
  const r = style.radius;
  const cy = -r;
  const tyre = sketch.radial(cx - r * 0.15, cy - r * 0.3, r * 1.25, [
    [0, "#2c2d30"],
    [0.6, "#1d1e20"],
    [0.9, "#0f1011"],
    [1, "#08090a"],
  ]);
  sketch.circle(cx, cy, r, { fill: tyre });
  sketch.circle(cx, cy, r * 0.8, { fill: "none", stroke: "#34363a", "stroke-width": r * 0.04 });
  const [bright, dim] = RIMS[style.rim];
  const rim = r * 0.68;
  sketch.circle(cx, cy, rim, { fill: "#17181a" });
  const metal = sketch.linear(cx, cy - rim, cx, cy + rim, [[0, bright], [0.5, dim], [
    1,
    "#55595e",
  ]]);
  sketch.circle(cx, cy, rim * 0.93, {
    fill: "none",
    stroke: metal,
    "stroke-width": rim * 0.14,
  });
  const step = 360 / style.spokes;
  for (let i = 0; i < style.spokes; i++) {
    const turn = number((i + phase) * step);
    const [w, tip] = [rim * 0.11, rim * 0.9];
    sketch.path(
      d`M${cx - w} ${cy}L${cx - w * 1.5} ${cy - tip}L${cx + w * 1.5} ${cy - tip}L${cx + w} ${cy}Z`,
      { fill: metal, transform: `rotate(${turn} ${number(cx)} ${number(cy)})` },
    );
  }
  sketch.circle(cx, cy, rim * 0.24, { fill: dim });
  sketch.circle(cx, cy, rim * 0.13, { fill: bright });
}

/** Metres a wheel rolls while it turns from one spoke to the next. */
export function spokeMetres(style: WheelStyle): number {
  return 2 * Math.PI * style.radius / 100 / style.spokes;
}
