/** A profile that nobody measured: frames that are easy or hard, and models that cope with that. */

import type { Detection } from "../../core/detection.ts";
import { seededRng, seedOf } from "../../core/rng.ts";
import { f1 } from "../../core/agreement.ts";
import type {
  Answer,
  OperatingPoint,
  Profile,
  ProfiledFrame,
  ProfiledModel,
} from "../../lab/profile/profile.ts";

const SIZE = { width: 640, height: 360 };
const HEIGHTS = [180, 360] as const;
const QUALITY = 80;

const MODELS: readonly ProfiledModel[] = [
  { name: "small", accuracy: 20, serviceMs: 15 },
  { name: "large", accuracy: 45, serviceMs: 60 },
];

const POINTS: readonly OperatingPoint[] = [
  ...MODELS.map(({ name }) => ({ model: name, encoding: undefined })),
  ...MODELS.flatMap(({ name }) =>
    HEIGHTS.map((height) => ({ model: name, encoding: { height, quality: QUALITY } }))
  ),
];

/** A video of one car that moves on, at 10 frames a second. The same seed, the same profile. */
export function syntheticProfile(frames = 60, seed = 1): Profile {
  return {
    head: {
      ...{
        name: "synthetic",
        video: "synthetic.mp4",
        sha256: undefined,
        ...SIZE,
        fps: 10,
        every: 1,
      },
      ...{ labels: ["car"], truth: { kind: "model", model: "large" }, scoreThreshold: 0.3 },
      ...{ processor: "none", models: MODELS, points: POINTS },
    },
    frames: Array.from({ length: frames }, (_, i) => frameOf(i + 1, seedOf(seed, i))),
  };
}

function frameOf(index: number, seed: number): ProfiledFrame {
  const rng = seededRng(seed);
  const hardness = rng();
  const left = 10 + 5 * (index % 60);
  const car = (score: number): Detection => (
    { label: "car", class_id: 0, score, box: [left, 100, left + 120, 180] }
  );
  const truth = [car(1)];
  return {
    ...{ index, ptsMs: (index - 1) * 100, difference: 0.02, edges: 0.1, area: 0.05 },
    ...{ grey: new Uint8Array(64 * 36), truth },
    answers: POINTS.map(({ model, encoding }): Answer => {
      const isLarge = model === "large";
      const height = encoding?.height ?? SIZE.height;
      const score = (isLarge ? 0.95 : 0.8) - hardness * (isLarge ? 0.2 : 0.5) -
        (height < SIZE.height ? 0.15 : 0);
      const detections = score > 0.3 ? [car(score)] : [];
      return {
        bytes: encoding ? Math.round(height * 40 * (1 + hardness)) : 0,
        encodeMs: encoding ? 2 : 0,
        // The large one takes longer for hard frames: on an edge, too long for some deadlines.
        serviceMs: isLarge ? 40 + 60 * hardness : 15,
        f1: f1(detections, truth),
        detections,
      };
    }),
  };
}
