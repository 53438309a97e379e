/** What transformers that detect put out for their queries: boxes, and logits of classes. */

import type { Box } from "../../core/detection.ts";
import {
  best,
  type Candidate,
  centered,
  type DecodeContext,
  hasShape,
  type OutputTensor,
  sigmoid,
} from "./decoder.ts";

/** Boxes and logits of as many queries. */
export interface Queries {
  /** `[1, N, 4]`: `cx, cy, w, h` as shares of the input. */
  readonly boxes: OutputTensor;
  /** `[1, N, columns]`. */
  readonly logits: OutputTensor;
  /** Queries. */
  readonly n: number;
  /** Classes, with one for "no object" where there is one. */
  readonly columns: number;
}

/**
 * The boxes and logits among outputs, in either order, whatever they are called; of two outputs of
 * four columns the name tells which are boxes. Hidden states and masks beside them are passed over.
 */
export function queriesIn(outputs: readonly OutputTensor[]): Queries | undefined {
  const named = (pattern: RegExp) => outputs.filter(({ name }) => pattern.test(name));
  const [namedBoxes, namedLogits] = [named(/^pred_boxes$/), named(/^(pred_)?logits$/)];
  const tables = namedBoxes.length === 1 && namedLogits.length === 1
    ? [...namedBoxes, ...namedLogits]
    : outputs.filter(({ dims }) => dims.length !== 4);
  const ofFour = tables.filter((output) => hasShape(output, [1, "N", 4]));
  const boxes = ofFour.find(({ name }) => /box|dets/i.test(name)) ?? ofFour.at(-1);
  const logits = tables.find((output) => output !== boxes);
  const n = boxes?.dims[1];
  if (tables.length !== 2 || !boxes || !logits || !hasShape(logits, [1, n!, "columns"])) {
    return undefined;
  }
  return { boxes, logits, n: n!, columns: logits.dims[2]! };
}

/** Whether boxes are shares of the input, and classes logits: values or names tell. */
export function areQueries({ boxes, logits }: Queries): boolean {
  if (!boxes.data.every((value) => value >= -1 && value <= 2)) return false;
  const outside = logits.data.some((value) => value < 0 || value > 1.001);
  return outside || (/logit/i.test(logits.name) && logits.data.every((value) => value === 0));
}

/**
 * Whether the last class is "no object", with a softmax to come: on a picture in which there is
 * little to see it is the highest of most queries, and above 0. Classes of sigmoids are below 0 then.
 */
export function lastIsNone({ logits: { data }, n, columns }: Queries): boolean {
  if (data.every((value) => value === 0)) return columns - 1 in { 80: 0, 91: 0 };
  let none = 0;
  for (let i = 0; i < n; i++) {
    const { classId, value } = best(data, i * columns, columns);
    if (classId === columns - 1 && value > 0) none++;
  }
  return columns > 1 && 2 * none >= n;
}

/** Reads queries of which each is one object at most: `scoreAt` makes a score of its best class. */
export function candidatesOfQueries(
  queries: Queries,
  context: DecodeContext,
  scoreAt: (value: number, from: number, classId: number) => number,
): Candidate[] {
  const { logits, n, columns } = queries;
  const candidates: Candidate[] = [];
  for (let i = 0; i < n; i++) {
    const from = i * columns;
    const { classId, value } = best(logits.data, from, context.classes);
    const score = scoreAt(value, from, classId);
    if (!(score >= context.scoreThreshold)) continue;
    candidates.push({ classId, score, box: boxOf(queries, i, context) });
  }
  return candidates;
}

/**
 * Reads queries with a sigmoid a class, as all of these models do: each class of each query by
 * itself, so that one query may be two things, and of all together the surest, as many as there are
 * queries (`topk(scores.flatten(1), queries)`).
 */
export function candidatesOfSigmoids(queries: Queries, context: DecodeContext): Candidate[] {
  const { logits: { data }, n, columns } = queries;
  const candidates: Candidate[] = [];
  for (let i = 0; i < n; i++) {
    for (let classId = 0; classId < context.classes; classId++) {
      const score = sigmoid(data[i * columns + classId]!);
      if (!(score >= context.scoreThreshold)) continue;
      candidates.push({ classId, score, box: boxOf(queries, i, context) });
    }
  }
  if (candidates.length <= n) return candidates;
  return candidates.sort((a, b) => b.score - a.score).slice(0, n);
}

function boxOf({ boxes }: Queries, i: number, { input: { width, height } }: DecodeContext): Box {
  const [cx, cy, w, h] = boxes.data.subarray(4 * i, 4 * i + 4) as unknown as number[];
  return centered(cx! * width, cy! * height, w! * width, h! * height);
}
