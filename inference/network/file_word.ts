/**
 * What a file says of itself: the notes of its exporter, in every form that exporters write them
 * (Ultralytics' `exporter.py`: a Python dict; YOLOv5's forks: a list; others: JSON, or a text).
 */

import type { Size } from "../../core/frame.ts";
import { DECODER_NAMES, type DecoderName } from "../../models/manifest.ts";
import { type Literal, parseLiteral } from "./literal.ts";

/** What a file says of itself, as far as it says it. */
export interface FileWord {
  /** Names of the classes, in their order; none where it does not say them. */
  readonly names: readonly string[];
  /** What its network is for, such as `detect`, `classify`, `segment`, `pose`. */
  readonly task: string | undefined;
  /** Size of its input in pixels. */
  readonly size: Size | undefined;
  /** Whether it suppresses by itself. */
  readonly endToEnd: boolean;
  /** Family of its outputs, where it says one that there is. */
  readonly head: DecoderName | undefined;
}

/** Keys under which exporters put the names of the classes, the most usual first. */
const NAMES = ["names", "class_names", "classes", "labels", "class_labels"] as const;

/** Sides that an input may have. */
const [SIDE_MIN, SIDE_MAX] = [16, 4096] as const;

const DECODERS: readonly string[] = [...DECODER_NAMES.detection, ...DECODER_NAMES.classification];

/** Reads the notes of a file. */
export function fileWord(notes: ReadonlyMap<string, string>): FileWord {
  const said = (key: string) => {
    const note = notes.get(key)?.trim();
    return note ? parseLiteral(note) ?? note : undefined;
  };
  const args = said("args");
  const ofArgs = args instanceof Map ? args as ReadonlyMap<string, Literal> : new Map();
  const word = (key: string) => {
    const value = said(key);
    return typeof value === "string" && value !== "" ? value.toLowerCase() : undefined;
  };
  return {
    names: NAMES.map((key) => namesIn(said(key))).find((names) => names.length > 0) ?? [],
    task: word("task"),
    size: sizeIn(said("imgsz") ?? said("input_size") ?? ofArgs.get("imgsz")),
    endToEnd: [said("end2end"), said("nms"), ofArgs.get("nms")].includes(true),
    head: ["head", "decoder"].map(word).find((name) => name && DECODERS.includes(name)) as
      | DecoderName
      | undefined,
  };
}

/** Names of classes: a list, a map from places to names, a map from names to places, or a text. */
function namesIn(said: Literal | undefined): readonly string[] {
  if (typeof said === "string") return namesInText(said);
  if (said instanceof Map) return namesInMap(said as ReadonlyMap<string, Literal>);
  if (!Array.isArray(said)) return [];
  const names = said.map((one: Literal) =>
    one instanceof Map ? (one as ReadonlyMap<string, Literal>).get("name") : one
  );
  return names.every((name) => typeof name === "string") ? names : [];
}

function namesInMap(said: ReadonlyMap<string, Literal>): readonly string[] {
  const entries = [...said];
  const byPlace = entries.every(([, name]) => typeof name === "string")
    ? entries.map(([place, name]) => [Number(place), name as string] as const)
    : entries.map(([name, place]) => [Number(place), name] as const);
  const sorted = byPlace.toSorted(([a], [b]) => a - b);
  const isWhole = sorted.every(([place], i) => place === i);
  return isWhole ? sorted.map(([, name]) => name) : [];
}

/** `person, car` or a name a line; one word alone is the name of a data set, not of a class. */
function namesInText(said: string): readonly string[] {
  if (/^[[({]/.test(said)) return []; // a value that is not whole
  const names = said.split(said.includes("\n") ? "\n" : ",").map((name) => name.trim());
  while (names.at(-1) === "") names.pop();
  return names.length > 1 && !names.includes("") ? names : [];
}

/** `640`, `[height, width]` or `640x480` (width first). */
function sizeIn(said: Literal | undefined): Size | undefined {
  const isSide = (side: unknown): side is number =>
    typeof side === "number" && Number.isInteger(side) && side >= SIDE_MIN && side <= SIDE_MAX;
  const text = typeof said === "string" ? /^(\d+)\s*[x×]\s*(\d+)$/.exec(said) : null;
  const [height, width = height] = text
    ? [Number(text[2]), Number(text[1])]
    : Array.isArray(said)
    ? (said as readonly Literal[])
    : [said];
  return isSide(height) && isSide(width) ? { width, height } : undefined;
}
