/** Lorries with a box or an open bed, seen from the side. */

import type { Rng } from "../core/rng.ts";
import type { Look } from "./look.ts";
import { contactShadow } from "./shadow.ts";
import { d, type Drawing, polygon, Sketch } from "./sketch.ts";
import { between, choose, type Colour, darker, lighter } from "./variation.ts";
import { drawWheel, spokeMetres, type WheelStyle } from "./wheel.ts";

const CABS: readonly Colour[] = ["#e6e7e5", "#24518c", "#a8241f", "#d9a021", "#3f4a52", "#2e6b4a"];
const LOADS: readonly Colour[] = ["#e9e9e4", "#d5d8d8", "#c7b98f", "#52728f", "#8d2f2a"];
const WHEEL: WheelStyle = { radius: 45, spokes: 8, rim: "steel" };
const CAB_LENGTH = 172;

/** The cab: its nose is at `front`, it stands from the bumper up to about 240 cm. */
function drawCab(sketch: Sketch, front: number, colour: Colour): void {
  const back = front - CAB_LENGTH;
  const body =
    d`M${back} -42L${back} -232Q${back + 6} -242 ${back + 26} -243L${front - 62} -240Q${
      front - 42
    } -236 ${front - 34} -214` +
    d`L${front - 12} -140Q${front - 1} -122 ${front} -96L${front} -44Q${front - 4} -34 ${
      front - 14
    } -34L${back + 8} -34Z`;
  sketch.path(body, { transform: "translate(0 -8)", fill: lighter(colour, 0.5) });
  sketch.path(body, {
    fill: sketch.linear(0, -243, 0, -34, [
      [0, lighter(colour, 0.4)],
      [0.1, lighter(colour, 0.1)],
      [0.48, colour],
      [0.53, lighter(colour, 0.4)],
      [0.62, lighter(colour, 0.08)],
      [0.8, darker(colour, 0.22)],
      [1, darker(colour, 0.6)],
    ]),
  });
  const window = d`M${back + 44} -218L${front - 60} -216Q${front - 52} -214 ${front - 48} -204L${
    front - 26
  } -142L${back + 44} -140Z`;
  sketch.line(window, "#0d0f11", 5);
  sketch.path(window, {
    fill: sketch.linear(0, -218, 0, -140, [[0, "#8296a3"], [0.4, "#46565f"], [0.7, "#222c33"], [
      1,
      "#12181d",
    ]]),
  });
  sketch.group({ "clip-path": sketch.clip(window) }, () => {
    const x = front - 84;
    sketch.ellipse(x, -178, 12, 14, { fill: "#7f614e" });
    sketch.path(d`M${x - 26} -138Q${x - 22} -164 ${x} -164Q${x + 20} -162 ${x + 26} -138Z`, {
      fill: "#37414b",
    });
    sketch.path(
      polygon([back + 50, -140], [back + 86, -220], [back + 106, -220], [back + 70, -140]),
      { fill: "#dfeaf0", opacity: 0.18 },
    );
  });
  // Windscreen's edge, door, handle, step, lamp, mirror.
  sketch.line(d`M${front - 40} -218L${front - 14} -142`, "#1a2228", 7);
  sketch.line(
    d`M${back + 38} -226L${back + 38} -62M${front - 22} -138L${front - 30} -96`,
    darker(colour, 0.6),
    1.6,
    {
      opacity: 0.7,
    },
  );
  sketch.rect(back + 46, -126, 20, 5, { rx: 2, fill: darker(colour, 0.5) });
  sketch.rect(front - 26, -84, 25, 19, { rx: 5, fill: "#f2f5f6", stroke: "#31373c" });
  sketch.rect(front - 60, -56, 60, 24, { rx: 5, fill: "#24282c" });
  sketch.rect(front - 34, -204, 13, 38, { rx: 4, fill: "#14171a" });
}

/** The box behind the cab, from `rear` to `front`, with ribs. */
function drawBox(sketch: Sketch, rear: number, front: number, top: number, colour: Colour): void {
  sketch.path(polygon([rear, top - 12], [front, top - 12], [front, top + 4], [rear, top + 4]), {
    fill: lighter(colour, 0.55),
  });
  sketch.rect(rear, top, front - rear, -78 - top, {
    fill: sketch.linear(0, top, 0, -78, [
      [0, lighter(colour, 0.3)],
      [0.08, lighter(colour, 0.05)],
      [0.6, darker(colour, 0.07)],
      [1, darker(colour, 0.32)],
    ]),
  });
  for (let x = rear + 46; x < front - 20; x += 52) {
    sketch.line(d`M${x} ${top + 10}L${x} -88`, darker(colour, 0.4), 1.5, { opacity: 0.35 });
  }
  // A plain device on the side, and the frame.
  sketch.circle((rear + front) / 2, (top - 82) / 2, 44, {
    fill: darker(colour, 0.35),
    opacity: 0.5,
  });
  sketch.rect(rear, top, front - rear, -78 - top, {
    fill: "none",
    stroke: "#8d9498",
    "stroke-width": 5,
  });
  sketch.rect(rear - 2, -80, front - rear + 4, 8, { fill: "#3a3e42" });
}

/** An open bed with low sides and a load under a sheet. */
function drawBed(sketch: Sketch, rear: number, front: number, colour: Colour): void {
  sketch.path(
    d`M${rear + 20} -130Q${rear + 40} -196 ${rear + 110} -188T${front - 120} -192Q${
      front - 40
    } -198 ${front - 26} -130Z`,
    { fill: sketch.linear(0, -196, 0, -130, [[0, "#9a8a6a"], [1, "#4d432f"]]) },
  );
  sketch.rect(rear, -142, front - rear, 64, {
    fill: sketch.linear(0, -142, 0, -78, [[0, lighter(colour, 0.3)], [0.2, colour], [
      1,
      darker(colour, 0.4),
    ]]),
  });
  for (let x = rear; x <= front; x += (front - rear) / 4) {
    sketch.line(d`M${x} -142L${x} -78`, darker(colour, 0.55), 5);
  }
  sketch.rect(rear - 2, -80, front - rear + 4, 8, { fill: "#3a3e42" });
}

/** A lorry with a cab and a load chosen by `rng`. */
export function createTruck(key: string, rng: Rng): Look {
  const cab = choose(rng, CABS);
  const load = choose(rng, LOADS);
  const boxed = rng() < 0.75;
  const top = -between(rng, 285, 325);
  const length = between(rng, 620, 720);
  const half = length / 2;
  const front = half - CAB_LENGTH - 12;
  const axles = [-half + 135, half - 88];
  const draw = (phase: number): Drawing => {
    const sketch = new Sketch();
    sketch.rect(-half + 16, -80, length - 60, 26, { fill: "#15181b" });
    sketch.rect(-half + 40, -62, length - 130, 40, { fill: "#0b0c0e" });
    sketch.rect(-half + 215, -68, 96, 34, { rx: 6, fill: "#4a4f54" });
    if (boxed) drawBox(sketch, -half, front, top, load);
    else drawBed(sketch, -half, front, load);
    drawCab(sketch, half, cab);
    sketch.rect(-half - 1, -72, 10, 14, { fill: "#b51c1e" });
    for (const axle of axles) {
      sketch.path(
        d`M${axle - 56} -40A56 56 0 0 1 ${axle + 56} -40Z`,
        { fill: "#060708", transform: "translate(0 -4)" },
      );
      drawWheel(sketch, axle, WHEEL, phase);
    }
    const highest = boxed ? top - 14 : -256;
    return sketch.done({
      left: -half - 4,
      top: Math.min(highest, -256),
      right: half + 4,
      bottom: 2,
    });
  };
  return {
    key,
    layers: [{ label: "truck", draw }],
    shadow: () => contactShadow(length, 84, 0.66),
    phases: 4,
    cycleMetres: spokeMetres(WHEEL),
    lengthCm: length,
  };
}
