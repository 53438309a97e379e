/** A profile that nobody measured: cars far and near, which models see the better the larger they come. */

import { f1 } from "../../core/agreement.ts";
import type { Detection } from "../../core/detection.ts";
import { type Rng, seededRng, seedOf } from "../../core/rng.ts";
import type {
  Answer,
  OperatingPoint,
  Profile,
  ProfiledFrame,
  ProfiledModel,
} from "../profile/profile.ts";

const SIZE = { width: 1280, height: 720 };
const HEIGHTS = [180, 360, 720] as const;
const QUALITY = 80;
const FPS = 10;

/** The least height in pixels of what each model finds for certain, in the picture that it is given. */
const SEES_FROM: Readonly<Record<string, number>> = { small: 60, large: 24 };

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

/** So many frames, at 10 a second. Always the same. */
export function quickProfile(frames: number): Profile {
  return {
    head: {
      ...{ name: "cars", video: "cars.mp4", sha256: undefined, ...SIZE, fps: FPS, every: 1 },
      ...{ labels: ["car"], truth: { kind: "model", model: "large" }, scoreThreshold: 0.3 },
      ...{ processor: "none", models: MODELS, points: POINTS },
    },
    frames: Array.from({ length: frames }, (_, i) => frameOf(i)),
  };
}

function frameOf(i: number): ProfiledFrame {
  const truth = Array.from({ length: 5 }, (_, car) => carAt(i, car));
  return {
    ...{ index: i + 1, ptsMs: i * 1000 / FPS, difference: 0.02, edges: 0.1, area: 0.05 },
    ...{ grey: new Uint8Array(64 * 36), truth },
    answers: POINTS.map((point, at) => answerTo(truth, point, seededRng(seedOf(i, at)))),
  };
}

/** Each drives along its lane, the nearer the faster, and comes again. */
function carAt(i: number, car: number): Detection {
  const height = 24 + 28 * car;
  const left = (37 * car + i * (2 + 3 * car)) % (SIZE.width - 2 * height);
  const top = 100 + 110 * car;
  return { label: "car", class_id: 0, score: 1, box: [left, top, left + 2 * height, top + height] };
}

function answerTo(truth: readonly Detection[], point: OperatingPoint, rng: Rng): Answer {
  const { model, encoding } = point;
  const height = encoding?.height ?? SIZE.height;
  const detections = truth.flatMap((car): Detection[] => {
    const seenHeight = (car.box[3] - car.box[1]) * height / SIZE.height;
    const score = Math.min(0.95, 0.6 * seenHeight / SEES_FROM[model]! + 0.2 * (rng() - 0.5));
    return score > 0.3 ? [{ ...car, score }] : [];
  });
  return {
    bytes: encoding ? Math.round(height * height * 0.16) : 0,
    encodeMs: encoding ? 2 : 0,
    serviceMs: model === "large" ? 50 + 20 * rng() : 14 + 2 * rng(),
    f1: f1(detections, truth),
    detections,
  };
}
