/** The golden files, and what it means to find the same. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import type { Findings } from "../../core/detection.ts";
import type { Pixels } from "../../core/frame.ts";
import { pixels, type Rgb } from "../fakes/pictures.ts";

/** Pixels of the captured frame, shares, and share of a mask's own pixels that may differ. */
const TOLERANCE = { px: 1, score: 0.01, mask: 0.01 } as const;

const mask = z.object({ size: z.tuple([z.number(), z.number()]), counts: z.array(z.number()) });
const named = z.object({ class_id: z.number(), label: z.string(), score: z.number() });
const Wanted = z.object({
  detections: z.array(named.extend({ box: z.array(z.number()).length(4), mask: mask.optional() }))
    .optional(),
  classifications: z.array(named).optional(),
  /** Of this picture alone. */
  score_threshold: z.number().optional(),
});
const Golden = z.object({
  model: z.string(),
  sha256: z.string(),
  score_threshold: z.number(),
  iou_threshold: z.number().default(1),
  images: z.record(z.string(), Wanted),
});

/** What a reference found with one model. */
export type Golden = z.infer<typeof Golden>;

/** What it found in one picture. */
export type Wanted = z.infer<typeof Wanted>;

/** The golden files of a folder. */
export function goldenIn(folder: string): Golden[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort()
    .map((name) => Golden.parse(JSON.parse(Deno.readTextFileSync(join(folder, name)))));
}

/** Fails where findings are not those that are wanted: the same labels, boxes and scores near by. */
export function assertParity(findings: Findings, wanted: Wanted, what: string): void {
  if ("classifications" in findings) {
    const labels = (list: readonly { label: string }[]) => list.map(({ label }) => label);
    assert.deepEqual(labels(findings.classifications), labels(wanted.classifications!), what);
    for (const [i, { score }] of findings.classifications.entries()) {
      assert.ok(Math.abs(score - wanted.classifications![i]!.score) <= TOLERANCE.score, what);
    }
    return;
  }
  const left = [...findings.detections];
  for (const one of wanted.detections!) {
    const place = left.findIndex(({ label, class_id, score, box, mask }) =>
      label === one.label && class_id === one.class_id &&
      Math.abs(score - one.score) <= TOLERANCE.score &&
      box.every((side, i) => Math.abs(side - one.box[i]!) <= TOLERANCE.px) &&
      sameMask(mask, one.mask)
    );
    assert.ok(place !== -1, `${what}: no ${JSON.stringify(one)} in ${JSON.stringify(left)}`);
    left.splice(place, 1);
  }
  assert.deepEqual(left, [], `${what}: found beside what the reference found`);
}

type Mask = { readonly size: readonly number[]; readonly counts: readonly number[] };

function sameMask(found: Mask | undefined, wanted: Mask | undefined): boolean {
  if (!found || !wanted) return found === wanted;
  assert.deepEqual([...found.size], wanted.size);
  const [one, other] = [pixelsOf(found), pixelsOf(wanted)];
  assert.equal(one.length, other.length, "runs cover the whole mask");
  const inside = other.filter((pixel) => pixel === 1).length;
  const differing = one.filter((pixel, i) => pixel !== other[i]).length;
  return differing <= Math.max(1, inside * TOLERANCE.mask);
}

function pixelsOf({ counts }: Mask): Uint8Array {
  const pixels = new Uint8Array(counts.reduce((a, b) => a + b, 0));
  let at = 0;
  counts.forEach((count, i) => {
    if (i % 2 === 1) pixels.fill(1, at, at + count);
    at += count;
  });
  return pixels;
}

/** The picture that `pictures.py` paints; its formula is told there. `size` is such as `160x120`. */
export function painted(size: string): Pixels {
  const [width, height] = size.split("x").map(Number) as [number, number];
  return pixels({ width, height }, (x, y) => {
    let color: Rgb = [2 * x + y, 3 * y + 40, 2 * (x ^ y)];
    for (let k = 0; k < 6; k++) {
      const left = (37 * k + 11) % (width - 30);
      const top = (53 * k + 7) % (height - 24);
      const within = x >= left && x < left + 20 + 7 * k && y >= top && y < top + 16 + 9 * k;
      if (within) color = [83 * k + 60, 151 * k + 30, 199 * k + 120];
    }
    return color.map((value) => value % 256) as unknown as Rgb;
  });
}
