/** Cars of several bodies, seen from the side. */

import type { Rng } from "../core/rng.ts";
import {
  bodyOutline,
  CAR_SHAPES,
  type CarShape,
  upperOutline,
  windowsOutline,
} from "./car_shape.ts";
import type { Look } from "./look.ts";
import { contactShadow } from "./shadow.ts";
import { d, type Drawing, polygon, Sketch } from "./sketch.ts";
import { between, choose, type Colour, darker, lighter, mix } from "./variation.ts";
import { drawWheel, spokeMetres, type WheelStyle } from "./wheel.ts";

const PAINTS: readonly Colour[] = [
  "#b9bec3",
  "#eceeee",
  "#22252a",
  "#5a6067",
  "#8f1d1f",
  "#1f3f73",
  "#2b5f8f",
  "#c22a22",
  "#33513f",
  "#d8d2c2",
  "#3c3f45",
  "#6e2430",
  "#7b8894",
  "#d9a520",
];

function drawBody(sketch: Sketch, s: CarShape, paint: Colour): void {
  const [, middleUp] = s.roofUp;
  const white = parseInt(paint.slice(1, 3), 16) > 0xb0;
  const shine = white ? 0.75 : 0.42;
  // The camera looks down a little: the roof, the bonnet and the boot show as a bright rim.
  sketch.path(upperOutline(s) + "Z", {
    transform: "translate(0 -7)",
    fill: sketch.linear(0, -middleUp - 6, 0, -s.nose, [
      [0, lighter(paint, shine)],
      [0.25, lighter(paint, shine * 0.7)],
      [1, lighter(paint, shine * 0.9)],
    ]),
  });
  for (const axle of [s.rearAxle, s.frontAxle]) {
    sketch.circle(axle, -s.wheelRadius - 1, s.wheelRadius + 6, { fill: "#060708" });
  }
  // Through the far half of the windscreen and of the rear window.
  const [cowlX, cowlUp] = s.cowl;
  const [footX, footUp] = s.rearFoot;
  sketch.line(
    d`M${s.roof[0] + 3} ${-s.roofUp[0] - 4}Q${(s.roof[0] + cowlX) / 2 + 5} ${
      -(s.roofUp[0] + cowlUp) / 2 - 8
    } ${cowlX + 2} ${-cowlUp - 3}`,
    "#26323b",
    7,
  );
  sketch.line(
    d`M${s.roof[1] - 6} ${-s.roofUp[2] - 2}L${footX + 1} ${-footUp - 3}`,
    "#1d262d",
    6,
  );
  const at = (up: number) => 1 - (up - 18) / (middleUp - 18);
  const side = sketch.linear(0, -middleUp, 0, -18, [
    [0, lighter(paint, shine)],
    [at(middleUp - 10), lighter(paint, 0.12)],
    [at(s.belt + 1), paint],
    [at(s.belt - 2), lighter(paint, shine * 1.1)],
    [at(s.belt - 11), lighter(paint, 0.16)],
    [at(s.belt - 26), paint],
    [at(s.belt * 0.56), darker(paint, 0.16)],
    [at(s.belt * 0.5), darker(paint, 0.36)],
    [at(34), darker(paint, 0.3)],
    [1, darker(paint, 0.62)],
  ]);
  sketch.path(bodyOutline(s), { fill: side });
  // Front and rear corners turn away from the light.
  const ends = sketch.linear(-s.length / 2, 0, s.length / 2, 0, [
    [0, "#000000", 0.42],
    [0.07, "#000000", 0.05],
    [0.5, "#ffffff", 0.07],
    [0.92, "#000000", 0.04],
    [1, "#000000", 0.34],
  ]);
  sketch.path(bodyOutline(s), { fill: ends });
}

function drawWindows(sketch: Sketch, s: CarShape, paint: Colour, tint: number): void {
  const [frontUp, middleUp] = s.roofUp;
  const outline = windowsOutline(s);
  sketch.line(outline, "#0d0f11", 5);
  sketch.path(outline, {
    fill: sketch.linear(0, -middleUp, 0, -s.belt, [
      [0, mix("#7e95a5", "#10161b", tint)],
      [0.35, mix("#4c5d69", "#0d1216", tint)],
      [0.55, mix("#27323a", "#0a0d10", tint)],
      [1, "#12171b"],
    ]),
  });
  sketch.group({ "clip-path": sketch.clip(outline) }, () => {
    // Seats and a driver behind the glass, then the sky on it.
    for (const x of [s.cowl[0] - 92, s.cowl[0] - 178]) {
      sketch.path(
        d`M${x - 18} ${-s.belt + 4}Q${x - 19} ${-frontUp + 22} ${x - 8} ${-frontUp + 18}Q${x} ${
          -frontUp + 20
        } ${x + 4} ${-s.belt + 4}Z`,
        { fill: "#0b0d0f", opacity: 0.8 },
      );
    }
    const head = s.cowl[0] - 82;
    sketch.ellipse(head, -frontUp + 24, 8, 10, { fill: "#6f5748", opacity: 0.7 });
    sketch.path(
      d`M${head - 18} ${-s.belt + 4}Q${head - 14} ${-frontUp + 36} ${head} ${-frontUp + 35}Q${
        head + 14
      } ${-frontUp + 38} ${head + 20} ${-s.belt + 4}Z`,
      { fill: "#2b323a", opacity: 0.8 },
    );
    for (const [x, w] of [[s.cowl[0] - 64, 22], [s.cowl[0] - 30, 7], [s.cowl[0] - 196, 30]]) {
      sketch.path(
        polygon([x!, -s.belt], [x! - 46, -middleUp], [x! - 46 + w!, -middleUp], [x! + w!, -s.belt]),
        { fill: "#cfe0ea", opacity: 0.16 },
      );
    }
    const pillar = s.doors === 4 ? s.cowl[0] - 112 : s.cowl[0] - 122;
    sketch.line(d`M${pillar} ${-s.belt + 3}L${pillar - 5} ${-middleUp}`, "#0c0e10", 8);
    if (s.doors === 4) {
      const rear = (s.rearAxle + pillar) / 2 - 28;
      sketch.line(
        d`M${rear} ${-s.belt + 3}Q${rear - 2} ${-s.belt - 20} ${rear - 12} ${-middleUp}`,
        mix(paint, "#0c0e10", 0.75),
        6,
      );
    }
  });
  sketch.line(outline, "#aab0b5", 1.1, { opacity: 0.55 });
}

/** What is on the body. In one piece: each thing lies over those before it. */
function drawDetails(sketch: Sketch, s: CarShape, paint: Colour): void {
  const seam = darker(paint, 0.6);
  const front = s.length / 2;
  const rear = -front;
  const pillar = s.doors === 4 ? s.cowl[0] - 112 : s.cowl[0] - 122;
  const hinge = s.frontAxle - s.wheelRadius - 12;
  const gap = { opacity: 0.75 };
  sketch.line(d`M${hinge + 4} ${-s.belt}Q${hinge - 3} -60 ${hinge} -26`, seam, 1.3, gap);
  sketch.line(d`M${pillar} ${-s.belt}Q${pillar + 3} -60 ${pillar - 2} -26`, seam, 1.3, gap);
  if (s.doors === 4) {
    const arch = s.rearAxle + s.wheelRadius;
    sketch.line(
      d`M${arch - 22} ${-s.belt}Q${arch - 18} ${-s.wheelRadius * 2 - 2} ${arch + 8} ${
        -s.wheelRadius - 8
      }`,
      seam,
      1.3,
      gap,
    );
  }
  sketch.line(d`M${s.cowl[0] + 4} ${-s.cowl[1] + 4}L${front - 34} ${-s.nose + 2}`, seam, 1.1, gap);
  // Door handles.
  for (const x of s.doors === 4 ? [pillar + 14, pillar - 68] : [pillar + 14]) {
    sketch.rect(x, -s.belt + 11, 17, 3.4, { rx: 1.6, fill: darker(paint, 0.35) });
    sketch.rect(x, -s.belt + 10.4, 17, 1.7, { rx: 0.8, fill: lighter(paint, 0.5) });
  }
  // A crease that catches the light, and the plastic of the sills.
  sketch.line(
    d`M${rear + 24} ${-s.belt + 20}Q0 ${-s.belt + 16} ${front - 44} ${-s.nose + 14}`,
    lighter(paint, 0.55),
    1.4,
    { opacity: 0.55 },
  );
  sketch.path(
    polygon([s.rearAxle + s.wheelRadius + 4, -20], [s.frontAxle - s.wheelRadius - 4, -20], [
      s.frontAxle - s.wheelRadius - 6,
      -28,
    ], [s.rearAxle + s.wheelRadius + 6, -28]),
    { fill: "#15171a", opacity: 0.85 },
  );
  sketch.path(
    d`M${front - 7} -24Q${front + 1} -32 ${front - 2} -44L${front - 24} -44L${front - 28} -22Z`,
    {
      fill: "#14161a",
      opacity: 0.75,
    },
  );
  sketch.path(d`M${rear + 8} -24Q${rear} -30 ${rear + 1} -44L${rear + 26} -44L${rear + 30} -22Z`, {
    fill: "#14161a",
    opacity: 0.75,
  });
  // Lights.
  const lamp = sketch.linear(front - 42, 0, front, 0, [[0, "#c6ced4"], [0.5, "#ffffff"], [
    1,
    "#dfe7ea",
  ]]);
  sketch.path(
    d`M${front - 46} ${-s.nose + 5}Q${front - 22} ${-s.nose + 1} ${front - 9} ${-s.nose + 7}L${
      front - 4
    } ${-s.nose + 18}Q${front - 22} ${-s.nose + 19} ${front - 46} ${-s.nose + 5}Z`,
    { fill: lamp, stroke: "#33393f", "stroke-width": 1 },
  );
  const tail = s.tailUp - 6;
  sketch.path(
    d`M${rear + 4} ${-tail}L${rear + 30} ${-tail + 1}Q${rear + 24} ${-tail + 15} ${rear + 2} ${
      -tail + 20
    }Z`,
    {
      fill: sketch.linear(rear, 0, rear + 30, 0, [[0, "#7d0d0f"], [0.5, "#d4272a"], [
        1,
        "#a3171b",
      ]]),
    },
  );
  // The mirror.
  sketch.path(d`M${s.cowl[0] - 26} ${-s.belt - 3}q10 -13 18 -9q6 4 2 10Z`, {
    fill: darker(paint, 0.25),
    stroke: "#0c0e10",
    "stroke-width": 1.2,
  });
  // Fuel cap and number plate's edge.
  sketch.rect(s.rearAxle - 12, -s.belt + 14, 15, 13, {
    rx: 3,
    fill: "none",
    stroke: seam,
    "stroke-width": 0.9,
    opacity: 0.6,
  });
}

/** A car with a paint, a body and wheels chosen by `rng`. */
export function createCar(key: string, rng: Rng): Look {
  const shape = choose(rng, CAR_SHAPES);
  const paint = choose(rng, PAINTS);
  const tint = between(rng, 0.1, 0.6);
  const wheel: WheelStyle = {
    radius: shape.wheelRadius,
    spokes: choose(rng, [5, 6, 7, 10]),
    rim: choose(rng, ["silver", "silver", "dark", "steel"]),
  };
  const half = shape.length / 2;
  const draw = (phase: number): Drawing => {
    const sketch = new Sketch();
    // The dark under-body and the far wheels' tyres.
    sketch.path(polygon([-half + 16, -34], [half - 20, -34], [half - 40, -14], [-half + 34, -14]), {
      fill: "#08090a",
    });
    drawBody(sketch, shape, paint);
    drawWindows(sketch, shape, paint, tint);
    drawDetails(sketch, shape, paint);
    for (const axle of [shape.rearAxle, shape.frontAxle]) drawWheel(sketch, axle, wheel, phase);
    return sketch.done({ left: -half - 6, top: -shape.roofUp[1] - 14, right: half + 6, bottom: 2 });
  };
  return {
    key,
    layers: [{ label: "car", draw }],
    shadow: () => contactShadow(shape.length, 60, 0.62),
    phases: 4,
    cycleMetres: spokeMetres(wheel),
    lengthCm: shape.length,
  };
}
