/** Bicycles and motorcycles with their riders: two layers, each with a truth box of its own. */

import type { Rng } from "../core/rng.ts";
import { type Joint, type Leg, reach } from "./gait.ts";
import type { Look } from "./look.ts";
import { createOutfit, type Outfit } from "./outfit.ts";
import { drawArm, drawHead, drawLeg, drawTrunk } from "./figure.ts";
import { contactShadow } from "./shadow.ts";
import { d, Sketch } from "./sketch.ts";
import { choose, type Colour, darker, lighter } from "./variation.ts";
import { drawWheel } from "./wheel.ts";

const FRAMES: readonly Colour[] = [
  "#1d1f22",
  "#b02822",
  "#2b5d9c",
  "#e2e2de",
  "#2f7350",
  "#c9962a",
];
const PAINTS: readonly Colour[] = ["#a51f1c", "#1b1d20", "#24508a", "#dcdcd8", "#d07a1c"];

/** A leg that reaches from the hip to a foot at a given place, knee forwards. */
function bentLeg(hip: Joint, ankle: Joint, height: number, pitch: number): Leg {
  const [thigh, shin] = [height * 0.245, height * 0.235];
  const [dx, dy] = [ankle[0] - hip[0], ankle[1] - hip[1]];
  const away = Math.min(Math.hypot(dx, dy), (thigh + shin) * 0.995);
  const bend = Math.acos((thigh ** 2 + away ** 2 - shin ** 2) / (2 * thigh * away));
  const knee = reach(hip, (Math.atan2(dx, dy) + bend) * 180 / Math.PI, thigh);
  const heel = reach(ankle, pitch - 28, height * 0.042);
  return { hip, knee, ankle, heel, toe: reach(heel, 90 + pitch, height * 0.14) };
}

function drawRider(
  sketch: Sketch,
  outfit: Outfit,
  hip: Joint,
  neck: Joint,
  grip: Joint,
  legs: readonly [near: Leg, far: Leg],
): void {
  const h = outfit.height;
  const shoulder: Joint = [neck[0] - h * 0.005, neck[1] + h * 0.045];
  const elbow: Joint = [
    (shoulder[0] + grip[0]) / 2 - 2,
    (shoulder[1] + grip[1]) / 2 + h * 0.035,
  ];
  const arm = { shoulder, elbow, hand: grip };
  drawArm(sketch, arm, outfit, 0.34);
  drawLeg(sketch, legs[1], outfit, 0.3);
  drawLeg(sketch, legs[0], outfit, 0);
  const head: Joint = [neck[0] + h * 0.03, neck[1] - h * 0.088];
  drawHead(sketch, head, neck, outfit);
  // The trunk is drawn upright and leant forwards about the hip.
  const lean = Math.atan2(neck[0] - hip[0], hip[1] - neck[1]) * 180 / Math.PI;
  const long = Math.hypot(neck[0] - hip[0], neck[1] - hip[1]);
  sketch.group({ transform: `rotate(${lean.toFixed(1)} ${hip[0]} ${hip[1]})` }, () => {
    drawTrunk(sketch, hip, [hip[0], hip[1] - long], outfit);
  });
  drawArm(sketch, arm, outfit, 0);
}

function drawBicycle(sketch: Sketch, colour: Colour, phase: number): void {
  for (const x of [-52, 53]) {
    sketch.circle(x, -34.5, 33, { fill: "none", stroke: "#151618", "stroke-width": 4.2 });
    sketch.circle(x, -34.5, 30, { fill: "none", stroke: "#9da2a6", "stroke-width": 1.4 });
    for (let i = 0; i < 10; i++) {
      const [ex, ey] = reach([x, -34.5], (i + phase * 10) * 36, 30);
      sketch.line(d`M${x} -34.5L${ex} ${ey}`, "#b7bbbe", 0.6, { opacity: 0.7 });
    }
    sketch.circle(x, -34.5, 3, { fill: "#4b4f53" });
  }
  const tube = (path: string, width: number) => {
    sketch.line(path, darker(colour, 0.35), width);
    sketch.line(path, lighter(colour, 0.25), width * 0.4);
  };
  tube("M-52 -34.5L-8 -30L-20 -82L-52 -34.5", 3.4);
  tube("M-8 -30L36 -76L-18 -78", 4.2);
  tube("M53 -34.5Q48 -42 36 -78L34 -92", 3.8);
  sketch.line("M-20 -82L-22 -93", "#8e9397", 3);
  sketch.path("M-38 -97Q-24 -101 -6 -95Q-16 -91 -26 -90Q-36 -91 -38 -97Z", { fill: "#17181a" });
  sketch.line("M34 -92L38 -101Q46 -104 52 -98", "#1a1c1e", 3.4);
  sketch.line("M-86 -44Q-84 -70 -50 -72Q-26 -70 -20 -52", "#2a2d30", 2.4);
  sketch.circle(-8, -30, 9, { fill: "none", stroke: "#3a3e42", "stroke-width": 2.6 });
  for (const turn of [0, 180]) {
    const [px, py] = reach([-8, -30], phase * 360 + turn, 17);
    sketch.line(d`M-8 -30L${px} ${py}`, "#6d7276", 2.6);
    sketch.line(d`M${px - 5} ${py}L${px + 5} ${py}`, "#17181a", 3.6);
  }
  sketch.line("M-16 -27L-52 -32M-16 -37L-52 -37", "#2b2e31", 1.2);
}

/** A bicycle with a pedalling rider, chosen by `rng`. */
export function createBicycle(key: string, rng: Rng): Look {
  const outfit = { ...createOutfit(rng), carries: "nothing", topKind: "shirt" } as const;
  const colour = choose(rng, FRAMES);
  const h = outfit.height;
  const hip: Joint = [-22, -101];
  const foot = (turn: number): Leg => {
    const pedal = reach([-8, -30], turn, 17);
    const pitch = -14 + 14 * Math.sin(turn * Math.PI / 180);
    return bentLeg(hip, [pedal[0] - 5, pedal[1] - h * 0.045], h, pitch);
  };
  return {
    key,
    layers: [
      {
        label: "bicycle",
        draw(phase) {
          const sketch = new Sketch();
          drawBicycle(sketch, colour, phase);
          return sketch.done({ left: -92, top: -108, right: 92, bottom: 2 });
        },
      },
      {
        label: "person",
        draw(phase) {
          const sketch = new Sketch();
          const neck: Joint = [hip[0] + h * 0.15, hip[1] - h * 0.285];
          drawRider(sketch, outfit, hip, neck, [42, -103], [
            foot(phase * 360),
            foot(phase * 360 + 180),
          ]);
          return sketch.done({ left: -80, top: -215, right: 90, bottom: 2 });
        },
      },
    ],
    shadow: () => contactShadow(150, 20, 0.5),
    phases: 16,
    cycleMetres: 4.6,
    lengthCm: 176,
  };
}

function drawMotorcycle(sketch: Sketch, paint: Colour, phase: number): void {
  const wheel = { radius: 31, spokes: 6, rim: "dark" } as const;
  for (const x of [-66, 70]) drawWheel(sketch, x, wheel, phase);
  sketch.line("M70 -31L48 -88", "#9ca1a5", 6);
  sketch.line("M-66 -31L-10 -42", "#33373b", 8);
  // Engine, exhaust, frame.
  sketch.path("M-22 -24L28 -22L34 -50L22 -66L-18 -64L-30 -44Z", {
    fill: sketch.linear(0, -66, 0, -22, [[0, "#8b9094"], [0.5, "#4d5155"], [1, "#1c1e20"]]),
  });
  for (let y = -60; y < -40; y += 5) sketch.line(d`M-10 ${y}L22 ${y}`, "#26292c", 1.4);
  sketch.line("M20 -26Q-20 -16 -40 -24L-88 -32", "#2a2d30", 9);
  sketch.line("M-40 -25L-88 -33", "#c3c8cc", 5);
  // Tank, seat, tail, mudguards, fairing.
  const body = sketch.linear(0, -104, 0, -60, [
    [0, lighter(paint, 0.45)],
    [0.35, paint],
    [1, darker(paint, 0.45)],
  ]);
  sketch.path("M-14 -72Q-6 -100 24 -100Q46 -98 50 -84L34 -68Z", { fill: body });
  sketch.path("M-92 -88Q-60 -92 -44 -80Q-26 -74 -8 -76L-14 -64L-56 -66Q-80 -74 -92 -88Z", {
    fill: "#17191b",
  });
  sketch.path("M-96 -84Q-70 -74 -52 -64L-30 -58L-50 -54Q-84 -66 -98 -80Z", { fill: body });
  sketch.line("M38 -56Q66 -74 98 -50", darker(paint, 0.2), 6);
  sketch.path("M44 -96Q66 -104 68 -84Q62 -74 48 -80Z", { fill: body });
  sketch.ellipse(67, -88, 5, 8, { fill: "#f3f5f5" });
  sketch.line("M44 -98L36 -112L24 -108", "#1a1c1e", 4);
  sketch.rect(-101, -86, 8, 8, { rx: 2, fill: "#b8191d" });
}

/** A motorcycle with a rider, chosen by `rng`. */
export function createMotorcycle(key: string, rng: Rng): Look {
  const outfit = {
    ...createOutfit(rng),
    carries: "nothing",
    topKind: "jacket",
    bottomKind: "trousers",
    hairStyle: "bald",
  } as const;
  const paint = choose(rng, PAINTS);
  const helmet = choose(rng, PAINTS);
  const h = outfit.height;
  const hip: Joint = [-32, -88];
  const leg = bentLeg(hip, [-4, -38], h, -8);
  return {
    key,
    layers: [
      {
        label: "motorcycle",
        draw(phase) {
          const sketch = new Sketch();
          drawMotorcycle(sketch, paint, phase);
          return sketch.done({ left: -106, top: -118, right: 106, bottom: 2 });
        },
      },
      {
        label: "person",
        draw() {
          const sketch = new Sketch();
          const neck: Joint = [hip[0] + h * 0.13, hip[1] - h * 0.3];
          drawRider(sketch, outfit, hip, neck, [30, -108], [leg, leg]);
          const [x, y, r] = [neck[0] + h * 0.034, neck[1] - h * 0.094, h * 0.078];
          sketch.circle(x, y, r, {
            fill: sketch.radial(x - r * 0.3, y - r * 0.5, r * 1.5, [
              [0, lighter(helmet, 0.55)],
              [0.5, helmet],
              [1, darker(helmet, 0.6)],
            ]),
          });
          sketch.path(
            d`M${x + r * 0.2} ${y - r * 0.45}L${x + r * 0.92} ${y - r * 0.4}L${x + r * 0.98} ${
              y + r * 0.2
            }L${x + r * 0.3} ${y + r * 0.28}Z`,
            { fill: "#15191d" },
          );
          return sketch.done({ left: -80, top: -195, right: 90, bottom: 2 });
        },
      },
    ],
    shadow: () => contactShadow(190, 30, 0.6),
    phases: 4,
    cycleMetres: 2 * Math.PI * 0.31 / 6,
    lengthCm: 205,
  };
}
