/** Soft shadows on the ground. */

import { type Drawing, Sketch } from "./sketch.ts";

/**
 * The shadow under a thing: dark where it touches the ground, soft around it.
 *
 * @param length along the street, cm
 * @param depth on the ground, cm as they appear (the camera looks along it)
 * @param strength opacity at the darkest, 0 to 1
 */
export function contactShadow(length: number, depth: number, strength: number): Drawing {
  const sketch = new Sketch();
  const soft = depth * 0.3;
  const reach = soft * 3 + 4;
  sketch.ellipse(-length * 0.03, -depth * 0.06, length * 0.51, depth * 0.5, {
    fill: "#06080c",
    opacity: strength * 0.62,
    filter: sketch.blur(soft),
  });
  sketch.ellipse(0, -depth * 0.1, length * 0.46, depth * 0.2, {
    fill: "#020305",
    opacity: strength,
    filter: sketch.blur(depth * 0.1),
  });
  return sketch.done({
    left: -length * 0.56 - reach,
    top: -depth * 0.6 - reach,
    right: length * 0.52 + reach,
    bottom: depth * 0.5 + reach,
  });
}
