/** What was evaluated, as the files that COCO's own tools read (https://cocodataset.org/#format-results). */

import type { Box } from "../../core/detection.ts";
import type { Scorer } from "./scorer.ts";

/** `x, y, width, height` in pixels. */
export type CocoBox = readonly [x: number, y: number, width: number, height: number];

/** What is there, as COCO's file of annotations. */
export interface CocoTruth {
  /** What the file is. */
  readonly info: { readonly description: string };
  /** The pictures. */
  readonly images: readonly {
    readonly id: number;
    readonly file_name: string;
    readonly width: number;
    readonly height: number;
  }[];
  /** The model's labels that the data set has classes for. */
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  /** The objects. */
  readonly annotations: readonly {
    readonly id: number;
    readonly image_id: number;
    readonly category_id: number;
    readonly bbox: CocoBox;
    readonly area: number;
    readonly iscrowd: 0 | 1;
  }[];
}

/** What was found, as COCO's file of results. */
export type CocoResults = readonly {
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: CocoBox;
  readonly score: number;
}[];

/**
 * The truth that a model was held against. Images and categories are numbered from 1; objects of
 * classes that the model does not know are `iscrowd` regions of every category.
 */
export function cocoTruth({ categories, pictures }: Scorer): CocoTruth {
  const annotations = pictures.flatMap(({ truth }, image) =>
    truth.flatMap((boxes, category) =>
      boxes.map(({ box, ignored }) => {
        const bbox = cocoBox(box);
        const iscrowd = ignored ? 1 as const : 0 as const;
        const area = bbox[2] * bbox[3];
        return { image_id: image + 1, category_id: category + 1, bbox, area, iscrowd };
      })
    )
  );
  return {
    info: { description: "what smarteye models eval held the detections against" },
    images: pictures.map(({ name, width, height }, image) => ({
      id: image + 1,
      file_name: name,
      width,
      height,
    })),
    categories: categories.list.map(({ label }, category) => ({ id: category + 1, name: label })),
    annotations: annotations.map((annotation, place) => ({ id: place + 1, ...annotation })),
  };
}

/** The detections of a model, numbered as in {@link cocoTruth}. */
export function cocoResults({ pictures }: Scorer): CocoResults {
  return pictures.flatMap(({ detections }, image) =>
    detections.flatMap((boxes, category) =>
      boxes.map(({ box, score }) => ({
        image_id: image + 1,
        category_id: category + 1,
        bbox: cocoBox(box),
        score,
      }))
    )
  );
}

function cocoBox([x1, y1, x2, y2]: Box): CocoBox {
  return [x1, y1, x2 - x1, y2 - y1];
}
