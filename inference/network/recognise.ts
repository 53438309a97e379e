/**
 * From a file's own word and its network's tensors to a manifest: which family it is of, and what is
 * assumed with that.
 */

import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Size } from "../../core/frame.ts";
import type { DecoderName, Manifest, ModelInput } from "../../models/manifest.ts";
import { labelsFor } from "./class_labels.ts";
import type { OutputTensor } from "../decode/decoder.ts";
import type { Layout } from "../decode/family.ts";
import { boxesBesideMasks } from "../decode/rows.ts";
import type { FileWord } from "./file_word.ts";
import { layoutOf, takesAnySize, typeOf } from "./image_input.ts";
import type { TensorInfo } from "../../core/tensor.ts";
import { type Match, matchOf } from "./matches.ts";
import { fedAs, type SaidInput } from "./said_input.ts";
import { CLASSIFIED, refuseTask } from "./tasks.ts";
import { describe } from "./tensors.ts";

/** What is known of a network that has no manifest. */
export interface Probed {
  /** The input that takes the image. */
  readonly image: TensorInfo;
  /** What a run on a grey picture gave. */
  readonly outputs: readonly OutputTensor[];
  /** The size that it was run with, in pixels. */
  readonly size: Size;
  /** What runs on pictures with something in them gave. */
  readonly more?: readonly (readonly OutputTensor[])[];
  /** What the file says of itself. */
  readonly word: FileWord;
}

/** What the user says of it. */
export interface Said {
  /** The family; found by the tensors where it is not said. */
  readonly decoder?: DecoderName | undefined;
  /** Names of the classes, in their order. */
  readonly labels?: readonly string[] | undefined;
  /** How it is fed; as its family's published models where it is not said. */
  readonly input?: SaidInput | undefined;
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
 * Recognises a network: by what the user says, else by what its file says and its tensors show
 * together.
 *
 * @throws {SmarteyeError} `failed_precondition` when it is of no known family, when file and tensors
 * contradict each other, or when it cannot be used without labels.
 */
export function recognise(probed: Probed, said: Said): Recognised {
  const { image, outputs, size, word } = probed;
  if (said.decoder === undefined) refuseTask(word.task);
  const input = { layout: layoutOf(image), type: typeOf(image), ...size };
  const { input: saidInput = {} } = said;
  assertCanBe(saidInput, probed, input.type);
  const match = matchOf(probed, said);
  const { family, layout } = match;
  const { labels, from } = named(match, said, word);
  const fed = inputOf(probed, layout, input, saidInput);
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
      ...wordLines(word),
      `family ${family.name}: ${layout.about}` + classCount(match.classes),
      ...match.others.map((other) => `it might also be of ${other}`),
      ...contradictions(probed, match),
    ],
    assumed: [
      ...inputLines(fed, takesAnySize(image) && !sameSize(size, word.size), saidInput),
      `labels: ${from}`,
      `score threshold ${layout.scoreThreshold}, overlap threshold ${layout.iouThreshold}`,
    ],
  };
}

/** The labels of what matches; where they do not, what else it might be is told, too. */
function named(match: Match, { labels }: Said, { names }: FileWord) {
  try {
    return labelsFor({ ...match, service: match.family.service }, labels, names);
  } catch (cause) {
    const others = match.others.map((other) => `; it might also be of ${other}`).join("");
    throw new SmarteyeError("failed_precondition", messageOf(cause) + others, { cause });
  }
}

/** What the file says, where it decides something. */
function wordLines({ task, names, size, endToEnd }: FileWord): string[] {
  const said = [
    ...(task === undefined ? [] : [`task ${task}`]),
    ...(names.length === 0 ? [] : [`names of ${names.length} classes`]),
    ...(size === undefined ? [] : [`size ${size.width}×${size.height}`]),
    ...(endToEnd ? ["suppressed inside"] : []),
  ];
  return said.length === 0 ? [] : [`the file says: ${said.join(", ")}`];
}

/** What the file says and its tensors do not show, but which decides nothing. */
function contradictions({ word, size, outputs, image }: Probed, { layout, odd }: Match): string[] {
  const { width, height } = size;
  return [
    ...(odd ? [`as such it shows ${odd}: it is used as you say (--family)`] : []),
    ...(word.size && !takesAnySize(image) && !sameSize(word.size, size)
      ? [
        `the file says size ${word.size.width}×${word.size.height}, its input has ` +
        `${width}×${height}: that counts`,
      ]
      : []),
    ...(word.endToEnd && layout.iouThreshold < 1
      ? ["the file says that it suppresses by itself, its outputs are not suppressed: that counts"]
      : []),
    ...segmentation(word, outputs),
  ];
}

/** What of a segmentation is used. */
function segmentation({ task }: FileWord, outputs: Probed["outputs"]): string[] {
  const { coefficients } = boxesBesideMasks(outputs);
  if (coefficients > 0) return [`segmentation: a mask is a sum of ${coefficients} prototypes`];
  return task === "segment" ? ["segmentation: its boxes are used, its masks are not"] : [];
}

function sameSize(one: Size, other: Size | undefined): boolean {
  return one.width === other?.width && one.height === other.height;
}

/** What is assumed of how it is fed, and what is not, since the user says so. */
function inputLines(
  { width, height, fit, color, mean, std, pad }: ModelInput,
  anySize: boolean,
  said: SaidInput,
): string[] {
  const atMost = fit === "as_is" ? " at most" : "";
  const asSaid = (...parts: unknown[]) =>
    parts.some((part) => part !== undefined) ? ", as you say (--input)" : "";
  return [
    ...(anySize
      ? [`size ${width}×${height}${atMost}${asSaid(said.size) || ": any would do"}`]
      : []),
    `colours ${color}, (pixel - mean) / std with mean [${mean.join(", ")}] ` +
    `and std [${std.join(", ")}]${asSaid(said.color, said.range)}`,
    `fit ${fit}${pad === 0 ? "" : `, padded with ${pad}`}${asSaid(said.fit, said.pad)}`,
  ];
}

/** Refuses what the user says of an input that is another one: that is in the file, and stays so. */
function assertCanBe(said: SaidInput, { image, size }: Probed, type: ModelInput["type"]): void {
  const wrong = (told: string) =>
    new SmarteyeError(
      "failed_precondition",
      `its input is ${describe(image)}, ${told} is said (--input)`,
    );
  if (said.size && !sameSize(said.size, size)) {
    throw wrong(
      `which is ${size.width}×${size.height} alone, ${said.size.width}×${said.size.height}`,
    );
  }
  if (said.fit === "as_is" && !takesAnySize(image)) throw wrong("of one size, as_is");
  if (type === "uint8" && said.range && !said.range.std.every((one) => one === 1)) {
    throw wrong("which takes 0-255 alone, another range");
  }
}

function inputOf(
  { word, image }: Probed,
  layout: Layout,
  given: Pick<ModelInput, "width" | "height" | "layout" | "type">,
  said: SaidInput,
): ModelInput {
  const { fit: usual, ...input } = word.task === "classify" ? CLASSIFIED : layout.input;
  // Bytes go in as they are: a network that takes them normalises by itself.
  const normalisation = given.type === "uint8" ? { mean: ZEROS, std: ONES } : {};
  const fed = fedAs({ ...input, ...normalisation, ...given }, said);
  const fit = said.fit ?? usual;
  switch (fit) {
    case "as_is": {
      if (!takesAnySize(image)) return { ...fed, fit: "stretch" };
      const most = said.size ?? { width: AS_IS_MAX, height: AS_IS_MAX };
      return { ...fed, fit, ...most };
    }
    case "center_crop":
      if (word.task === "classify") {
        return { ...fed, fit, resize: Math.max(given.width, given.height) };
      } // else 224 out of 256, and others in proportion: 299 out of 342
      return { ...fed, fit, resize: Math.round(Math.max(given.width, given.height) * 256 / 224) };
    default:
      return { ...fed, fit };
  }
}

function classCount(classes: number | "untold"): string {
  return classes === "untold" ? "" : `, ${classes} class${classes === 1 ? "" : "es"}`;
}
