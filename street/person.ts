/** People who walk: a figure in an outfit, drawn in the poses of a stride. */

import type { Rng } from "../core/rng.ts";
import { drawArm, drawHead, drawLeg, drawTrunk } from "./figure.ts";
import { cycleCm, type Pose, walkingPose } from "./gait.ts";
import type { Look } from "./look.ts";
import { createOutfit, type Outfit } from "./outfit.ts";
import { contactShadow } from "./shadow.ts";
import { d, Sketch } from "./sketch.ts";
import { between, darker, lighter } from "./variation.ts";

function drawWalker(sketch: Sketch, pose: Pose, outfit: Outfit): void {
  const h = outfit.height;
  drawArm(sketch, pose.far.arm, outfit, 0.34);
  drawLeg(sketch, pose.far.leg, outfit, 0.3);
  if (outfit.carries === "backpack") {
    const [x, y] = pose.neck;
    sketch.path(
      d`M${x - h * 0.04} ${y + h * 0.03}Q${x - h * 0.16} ${y + h * 0.02} ${x - h * 0.165} ${
        y + h * 0.12
      }` +
        d`L${x - h * 0.16} ${y + h * 0.24}Q${x - h * 0.1} ${y + h * 0.28} ${x - h * 0.04} ${
          y + h * 0.26
        }Z`,
      {
        fill: sketch.linear(x - h * 0.16, 0, x - h * 0.04, 0, [[0, darker(outfit.bag, 0.4)], [
          0.6,
          lighter(outfit.bag, 0.1),
        ], [1, darker(outfit.bag, 0.3)]]),
      },
    );
  }
  drawLeg(sketch, pose.near.leg, outfit, 0);
  drawHead(sketch, pose.head, pose.neck, outfit);
  drawTrunk(sketch, pose.pelvis, pose.neck, outfit);
  if (outfit.carries === "bag") {
    const [x, y] = pose.pelvis;
    sketch.line(
      d`M${pose.neck[0]} ${pose.neck[1] + 4}L${x - h * 0.04} ${y - h * 0.02}`,
      darker(outfit.bag, 0.3),
      2,
    );
    sketch.rect(x - h * 0.1, y - h * 0.03, h * 0.13, h * 0.1, {
      rx: 3,
      fill: sketch.linear(0, y - h * 0.03, 0, y + h * 0.07, [[0, lighter(outfit.bag, 0.15)], [
        1,
        darker(outfit.bag, 0.35),
      ]]),
    });
  }
  drawArm(sketch, pose.near.arm, outfit, 0);
}

/** A walking person chosen by `rng`. */
export function createPerson(key: string, rng: Rng): Look {
  const outfit = createOutfit(rng);
  const vigour = between(rng, 0.86, 1.05) * (outfit.topKind === "dress" ? 0.85 : 1);
  const h = outfit.height;
  return {
    key,
    layers: [{
      label: "person",
      draw(phase) {
        const sketch = new Sketch();
        drawWalker(sketch, walkingPose(h, phase, vigour), outfit);
        return sketch.done({ left: -h * 0.42, top: -h * 1.06, right: h * 0.46, bottom: 5 });
      },
    }],
    shadow: () => contactShadow(h * 0.42, 22, 0.6),
    phases: 24,
    cycleMetres: cycleCm(h, vigour) / 100,
    lengthCm: h * 0.3,
  };
}
