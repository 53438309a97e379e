/** From a network's tensors to a manifest: which family it is of, and what is assumed with that. */

import { SmarteyeError } from "../../core/errors.ts";
import type { Size } from "../../core/frame.ts";
import type { DecoderName, Manifest, ModelInput } from "../../models/manifest.ts";
import { labelsFor } from "./class_labels.ts";
import type { OutputTensor } from "../decode/decoder.ts";
import { FAMILIES } from "../decode/families.ts";
import type { Family, Layout } from "../decode/family.ts";
import { layoutOf, takesAnySize, typeOf } from "./image_input.ts";
import type { TensorInfo } from "../../core/tensor.ts";
import { describe } from "./tensors.ts";

/** What is known of a network that has no manifest. */
export interface Probed {
  /** The input that takes the image. */
  readonly image: TensorInfo;
  /** What a run on a grey picture gave. */
  readonly outputs: readonly OutputTensor[];
  /** The size that it was run with, in pixels. */
  readonly size: Size;
  /** What the exporter noted in the file. */
  readonly notes: ReadonlyMap<string, string>;
}

/** What the user says of it. */
export interface Said {
  /** The family; found by the tensors where it is not said. */
  readonly decoder?: DecoderName | undefined;
  /** Names of the classes, in their order. */
  readonly labels?: readonly string[] | undefined;
}

/** What was recognised: the part of a manifest that tensors decide. */
export interface Recognised {
  /** Fields of the manifest. */
  readonly manifest: Pick<
    Manifest,
    "service" | "decoder" | "input" | "labels" | "score_threshold" | "iou_threshold"
  >;
  /** What the tensors show, in a line each. */
  readonly found: readonly string[];
  /** What they do not show and the family's custom decides, in a line each. */
  readonly assumed: readonly string[];
}

const ZEROS = [0, 0, 0] as const;
const ONES = [1, 1, 1] as const;

/** Side of the largest picture that goes as it is into a network that takes any size. */
const AS_IS_MAX = 1920;

/**
 * Recognises a network by its tensors.
 *
 * @throws {SmarteyeError} `failed_precondition` when it is of no known family, or cannot be used
 * without labels.
 */
export function recognise(probed: Probed, said: Said): Recognised {
  const { image, outputs, size, notes } = probed;
  const input = { layout: layoutOf(image), type: typeOf(image), ...size };
  const match = matchOf(outputs, size, said.decoder);
  const { family, layout } = match;
  const { labels, from } = labelsFor({ ...match, service: family.service }, said.labels, notes);
  const fed = inputOf(layout, image, input);
  return {
    manifest: {
      service: family.service,
      decoder: family.name,
      input: fed,
      labels,
      score_threshold: layout.scoreThreshold,
      iou_threshold: layout.iouThreshold,
    },
    found: [
      `input ${describe(image)}: ${input.layout}, ${input.type}`,
      ...outputs.map(({ name, dims }) => `output ${name} [${dims.join(", ")}]`),
      `family ${family.name}: ${layout.about}` + classCount(match.classes),
    ],
    assumed: assumptions(fed, takesAnySize(image), layout, from),
  };
}

/** A layout that outputs fit. */
interface Match {
  readonly family: Family;
  readonly layout: Layout;
  readonly classes: number | "untold";
}

/** The first layout that fits. */
function matchOf(
  outputs: readonly OutputTensor[],
  size: Size,
  decoder: DecoderName | undefined,
): Match {
  for (const family of FAMILIES) {
    if (decoder !== undefined && family.name !== decoder) continue;
    for (const layout of family.layouts) {
      const classes = layout.classesOf(outputs, size);
      if (classes !== undefined) return { family, layout, classes };
    }
  }
  throw unknownFamily(outputs, decoder);
}

function assumptions(
  { width, height, fit, color, mean, std, pad }: ModelInput,
  anySize: boolean,
  { scoreThreshold, iouThreshold }: Layout,
  labels: string,
): string[] {
  const atMost = fit === "as_is" ? " at most" : "";
  return [
    ...(anySize ? [`size ${width}×${height}${atMost}: any would do`] : []),
    `colours ${color}, (pixel - mean) / std with mean [${mean.join(", ")}] ` +
    `and std [${std.join(", ")}]`,
    `fit ${fit}${pad === 0 ? "" : `, padded with ${pad}`}`,
    `labels: ${labels}`,
    `score threshold ${scoreThreshold}, overlap threshold ${iouThreshold}`,
  ];
}

function inputOf(
  layout: Layout,
  image: TensorInfo,
  given: Pick<ModelInput, "width" | "height" | "layout" | "type">,
): ModelInput {
  const { fit, ...input } = layout.input;
  // Bytes go in as they are: a network that takes them normalises by itself.
  const normalisation = given.type === "uint8" ? { mean: ZEROS, std: ONES } : {};
  const said = { ...input, ...normalisation, ...given };
  switch (fit) {
    case "as_is":
      if (!takesAnySize(image)) return { ...said, fit: "stretch" };
      return { ...said, fit, width: AS_IS_MAX, height: AS_IS_MAX };
    case "center_crop": // 224 out of 256, and others in proportion: 299 out of 342
      return { ...said, fit, resize: Math.round(Math.max(given.width, given.height) * 256 / 224) };
    default:
      return { ...said, fit };
  }
}

function classCount(classes: number | "untold"): string {
  return classes === "untold" ? "" : `, ${classes} class${classes === 1 ? "" : "es"}`;
}

function unknownFamily(
  outputs: readonly OutputTensor[],
  decoder: DecoderName | undefined,
): SmarteyeError {
  const found = outputs.map(({ name, dims }) => `${name} [${dims.join(", ")}]`).join(", ");
  const wanted = decoder ?? FAMILIES.map(({ name }) => name).join(", ");
  return new SmarteyeError(
    "failed_precondition",
    `its outputs are ${found || "none"}, those of ${
      decoder ? "" : "one of "
    }${wanted} are wanted ` +
      `(a manifest can be written by hand)`,
  );
}
