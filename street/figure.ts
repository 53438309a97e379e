/** The parts of a figure, drawn between its joints: limbs, trunk and head, seen from the side. */

import { type Arm, type Joint, type Leg, reach } from "./gait.ts";
import type { Outfit } from "./outfit.ts";
import { d, type Sketch } from "./sketch.ts";
import { type Colour, darker, lighter } from "./variation.ts";

/** A limb's part: a body that narrows from radius `ra` at `a` to `rb` at `b`, lit from above left. */
export function drawLimb(
  sketch: Sketch,
  a: Joint,
  b: Joint,
  ra: number,
  rb: number,
  colour: Colour,
): void {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const [nx, ny] = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
  // (nx, ny) is the side that lies backwards when the limb hangs down.
  const fill = sketch.linear(a[0] + nx * ra, a[1] + ny * ra, a[0] - nx * ra, a[1] - ny * ra, [
    [0, darker(colour, 0.52)],
    [0.3, darker(colour, 0.12)],
    [0.65, lighter(colour, 0.13)],
    [1, darker(colour, 0.3)],
  ]);
  sketch.path(
    d`M${a[0] + nx * ra} ${a[1] + ny * ra}L${b[0] + nx * rb} ${b[1] + ny * rb}` +
      d`A${rb} ${rb} 0 0 0 ${b[0] - nx * rb} ${b[1] - ny * rb}` +
      d`L${a[0] - nx * ra} ${a[1] - ny * ra}A${ra} ${ra} 0 0 0 ${a[0] + nx * ra} ${
        a[1] + ny * ra
      }Z`,
    { fill },
  );
}

/** A leg with its shoe. `dim` darkens the far one. */
export function drawLeg(sketch: Sketch, leg: Leg, outfit: Outfit, dim: number): void {
  const h = outfit.height;
  const w = outfit.build;
  const cloth = darker(outfit.topKind === "dress" ? outfit.skin : outfit.bottom, dim);
  const skin = darker(outfit.skin, dim);
  const shoe = darker(outfit.shoe, dim);
  const [hx, hy] = leg.heel;
  const [tx, ty] = leg.toe;
  const along = Math.hypot(tx - hx, ty - hy) || 1;
  const [ux, uy] = [(tx - hx) / along, (ty - hy) / along];
  // Points of the shoe: `f` from heel to toe, `up` square to the sole.
  const at = (f: number, up: number): Joint => [
    hx + ux * along * f + uy * up,
    hy + uy * along * f - ux * up,
  ];
  const [s0, s1, s2, s3, s4, s5] = [
    at(-0.12, 0),
    at(-0.14, 8),
    at(0.32, 10),
    at(0.75, 5.5),
    at(1.1, 3),
    at(1.08, 0),
  ];
  sketch.path(
    d`M${s0[0]} ${s0[1]}L${s1[0]} ${s1[1]}L${s2[0]} ${s2[1]}Q${s3[0]} ${s3[1]} ${s4[0]} ${s4[1]}L${
      s5[0]
    } ${s5[1]}Z`,
    { fill: shoe, stroke: shoe, "stroke-width": 2, "stroke-linejoin": "round" },
  );
  sketch.line(d`M${s0[0]} ${s0[1]}L${s5[0]} ${s5[1]}`, lighter(shoe, 0.25), 1.6);
  const bare = outfit.topKind === "dress" || outfit.bottomKind === "shorts";
  const ankle = bare ? h * 0.022 : h * 0.031 * w;
  drawLimb(sketch, leg.knee, leg.ankle, h * (bare ? 0.032 : 0.037) * w, ankle, bare ? skin : cloth);
  drawLimb(sketch, leg.hip, leg.knee, h * 0.054 * w, h * 0.039 * w, cloth);
  if (outfit.bottomKind === "shorts" && outfit.topKind !== "dress") {
    drawLimb(sketch, leg.knee, reach(leg.knee, 0, 1), h * 0.045 * w, h * 0.045 * w, cloth);
  }
}

/** An arm with its hand. */
export function drawArm(sketch: Sketch, arm: Arm, outfit: Outfit, dim: number): void {
  const h = outfit.height;
  const w = outfit.build;
  const sleeve = darker(outfit.top, dim);
  const skin = darker(outfit.skin, dim);
  const short = outfit.topKind === "shirt" || outfit.topKind === "dress";
  const wrist: Joint = [
    arm.elbow[0] + (arm.hand[0] - arm.elbow[0]) * 0.82,
    arm.elbow[1] + (arm.hand[1] - arm.elbow[1]) * 0.82,
  ];
  sketch.ellipse(arm.hand[0], arm.hand[1], h * 0.02, h * 0.028, { fill: skin });
  drawLimb(
    sketch,
    arm.elbow,
    wrist,
    h * (short ? 0.021 : 0.027) * w,
    h * (short ? 0.016 : 0.023) * w,
    short ? skin : sleeve,
  );
  drawLimb(sketch, arm.shoulder, arm.elbow, h * 0.034 * w, h * (short ? 0.025 : 0.028) * w, sleeve);
}

/** The trunk from pelvis to neck in the outfit's top. */
export function drawTrunk(sketch: Sketch, pelvis: Joint, neck: Joint, outfit: Outfit): void {
  const h = outfit.height;
  const w = outfit.build;
  const [px, py] = pelvis;
  const [nx, ny] = neck;
  const front = h * 0.086 * w;
  const back = h * 0.076 * w;
  const hem = outfit.topKind === "coat"
    ? py + h * 0.2
    : outfit.topKind === "dress"
    ? py + h * 0.19
    : py + h * (outfit.topKind === "jacket" ? 0.05 : 0.03);
  const flare = outfit.topKind === "dress" ? 0.045 : outfit.topKind === "coat" ? 0.02 : 0;
  const fill = sketch.linear(px - back, 0, px + front + 4, 0, [
    [0, darker(outfit.top, 0.5)],
    [0.28, darker(outfit.top, 0.12)],
    [0.68, lighter(outfit.top, 0.14)],
    [1, darker(outfit.top, 0.22)],
  ]);
  const chest = ny + (py - ny) * 0.36;
  const waist = ny + (py - ny) * 0.78;
  sketch.path(
    d`M${nx - h * 0.026} ${ny - h * 0.012}` +
      d`Q${nx - back * 1.02} ${ny + h * 0.02} ${nx - back * 1.12} ${chest}` +
      d`Q${px - back * 0.92} ${waist} ${px - back * (1.1 + flare * 4)} ${hem}` +
      d`Q${px} ${hem + h * 0.012} ${px + front * (1.04 + flare * 5)} ${hem}` +
      d`Q${px + front * 0.92} ${waist} ${nx + front * 1.06} ${chest}` +
      d`Q${nx + front * 0.86} ${ny + h * 0.015} ${nx + h * 0.024} ${ny - h * 0.008}Z`,
    { fill },
  );
  // Folds, a collar, and the shade under the arm.
  const fold = darker(outfit.top, 0.45);
  sketch.line(d`M${px + front * 0.2} ${waist - 6}q${front * 0.4} 6 ${front * 0.7} 3`, fold, 1.2, {
    opacity: 0.55,
  });
  sketch.line(d`M${px - back * 0.7} ${waist + 2}q${back * 0.5} 8 ${back * 1.1} 5`, fold, 1.2, {
    opacity: 0.45,
  });
  if (outfit.topKind === "jacket" || outfit.topKind === "coat") {
    sketch.line(
      d`M${nx + h * 0.022} ${ny}Q${nx + front * 0.9} ${chest} ${px + front * 0.78} ${hem - 2}`,
      fold,
      1.6,
    );
    sketch.line(
      d`M${nx - h * 0.02} ${ny - 1}L${nx + h * 0.025} ${ny - 1}`,
      darker(outfit.top, 0.25),
      4.5,
    );
  } else if (outfit.topKind === "shirt") {
    sketch.line(d`M${px - back} ${hem - 1}Q${px} ${hem + 1} ${px + front} ${hem - 1}`, fold, 1.4, {
      opacity: 0.6,
    });
  }
}

/**
 * The head in profile, `at` its middle, with hair or a cap. In one piece: each thing lies over those
 * before it.
 */
export function drawHead(sketch: Sketch, at: Joint, neck: Joint, outfit: Outfit): void {
  const r = outfit.height * 0.058;
  const [x, y] = at;
  const { skin, hair, hairStyle: style } = outfit;
  drawLimb(
    sketch,
    [x - r * 0.25, y + r * 0.5],
    [neck[0], neck[1] + r * 0.2],
    r * 0.5,
    r * 0.56,
    darker(skin, 0.22),
  );
  if (style === "long") {
    sketch.path(
      d`M${x - r * 1.02} ${y - r * 0.2}Q${x - r * 1.4} ${y + r * 1.3} ${x - r * 1.15} ${
        y + r * 2.1
      }Q${x - r * 0.4} ${y + r * 2.2} ${x - r * 0.05} ${y + r * 0.8}L${x} ${y - r * 0.4}Z`,
      { fill: darker(hair, 0.2) },
    );
  }
  if (style === "bun") {
    sketch.circle(x - r * 1.15, y - r * 0.45, r * 0.42, { fill: darker(hair, 0.15) });
  }
  const face = sketch.linear(x - r, y, x + r, y - r * 0.2, [
    [0, darker(skin, 0.4)],
    [0.5, darker(skin, 0.05)],
    [0.85, lighter(skin, 0.12)],
    [1, skin],
  ]);
  sketch.path(
    d`M${x - r * 0.95} ${y}C${x - r} ${y - r * 1.35} ${x + r * 0.75} ${y - r * 1.45} ${
      x + r * 0.86
    } ${y - r * 0.3}` +
      d`L${x + r * 0.84} ${y - r * 0.05}L${x + r * 1.1} ${y + r * 0.3}L${x + r * 0.86} ${
        y + r * 0.4
      }` +
      d`L${x + r * 0.9} ${y + r * 0.62}Q${x + r * 0.9} ${y + r * 1.12} ${x + r * 0.42} ${
        y + r * 1.16
      }` +
      d`Q${x - r * 0.3} ${y + r * 1.05} ${x - r * 0.5} ${y + r * 0.75}Z`,
    { fill: face },
  );
  sketch.ellipse(x + r * 0.55, y - r * 0.02, r * 0.13, r * 0.1, { fill: "#1a1512" });
  sketch.line(
    d`M${x + r * 0.36} ${y - r * 0.26}L${x + r * 0.74} ${y - r * 0.28}`,
    darker(hair, 0.1),
    r * 0.1,
  );
  sketch.line(
    d`M${x + r * 0.55} ${y + r * 0.68}L${x + r * 0.86} ${y + r * 0.66}`,
    darker(skin, 0.45),
    r * 0.09,
  );
  if (style !== "bald") {
    const shine = sketch.linear(x, y - r * 1.3, x - r, y + r * 0.6, [
      [0, lighter(hair, 0.22)],
      [0.4, hair],
      [1, darker(hair, 0.45)],
    ]);
    sketch.path(
      d`M${x + r * 0.72} ${y - r * 0.5}Q${x + r * 0.95} ${y - r * 0.95} ${x + r * 0.45} ${
        y - r * 1.18
      }` +
        d`C${x - r * 0.5} ${y - r * 1.55} ${x - r * 1.3} ${y - r * 0.8} ${x - r * 1.06} ${
          y + r * 0.2
        }` +
        d`Q${x - r * 0.95} ${y + r * 0.75} ${x - r * 0.5} ${y + r * 0.85}L${x - r * 0.3} ${
          y + r * 0.1
        }` +
        d`Q${x - r * 0.05} ${y - r * 0.55} ${x + r * 0.72} ${y - r * 0.5}Z`,
      { fill: shine },
    );
  }
  if (style === "cap") {
    sketch.path(
      d`M${x - r * 1.05} ${y - r * 0.25}C${x - r} ${y - r * 1.6} ${x + r * 0.8} ${y - r * 1.6} ${
        x + r * 0.84
      } ${y - r * 0.42}L${x + r * 1.6} ${y - r * 0.22}L${x + r * 0.8} ${y - r * 0.2}Z`,
      { fill: outfit.bag },
    );
  }
  sketch.ellipse(x - r * 0.18, y + r * 0.16, r * 0.15, r * 0.24, { fill: darker(skin, 0.2) });
}
