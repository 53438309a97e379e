/** Networks small enough to be written by hand, in ONNX's protobuf (onnx/onnx.proto, IR version 8). */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";

/** ONNX's numbers of element types. */
const ELEMENT = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const;

/** Name of an element type. */
export type Element = keyof typeof ELEMENT;

/** An input or output of a network. */
export interface Value {
  readonly name: string;
  readonly element?: Element;
  /** Absent where the file does not say the shape. */
  readonly dims?: readonly (number | string)[];
}

/** An operation. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** Weights. */
export interface Initializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data?: Float32Array | BigInt64Array;
  /** Where the data is, if not here. */
  readonly location?: string;
  /** Where it begins there, and how many bytes it has, if that is said. */
  readonly offset?: number;
  readonly length?: number;
}

/** What a network is made of. */
export interface Network {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly initializers?: readonly Initializer[];
  readonly opset?: number;
  /** What an exporter notes. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** A network as an ONNX file. */
export function onnx(
  { inputs, outputs, nodes, initializers = [], opset = 13, notes = {} }: Network,
): Uint8Array {
  const graph = [
    ...nodes.map(({ op, inputs, outputs, attributes = {} }) =>
      message(1, [
        ...inputs.map((name) => text(1, name)),
        ...outputs.map((name) => text(2, name)),
        text(4, op),
        ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      ])
    ),
    text(2, "tiny"),
    ...initializers.map(initializer),
    ...inputs.map((input) => message(11, value(input))),
    ...outputs.map((output) => message(12, value(output))),
  ];
  return concat([
    number(1, 8),
    text(2, "smarteye tests"),
    message(7, graph),
    message(8, [text(1, ""), number(2, opset)]),
    ...Object.entries(notes).map(([key, said]) => message(14, [text(1, key), text(2, said)])),
  ]);
}

/**
 * A network whose only output is the same whatever it is given: `values` of shape `dims`.
 *
 * @param image shape of its input.
 */
export function constantNetwork(
  image: Value,
  dims: readonly number[],
  values: Float32Array,
  more: Partial<Network> = {},
): Uint8Array {
  return onnx({
    inputs: [image],
    outputs: [{ name: "output", dims }],
    initializers: [{ name: "values", dims, data: values }],
    nodes: [
      { op: "Cast", inputs: [image.name], outputs: ["pixels"], attributes: { to: 1 } },
      { op: "ReduceMean", inputs: ["pixels"], outputs: ["mean"], attributes: { keepdims: 0 } },
      { op: "Sub", inputs: ["mean", "mean"], outputs: ["nothing"] },
      { op: "Add", inputs: ["values", "nothing"], outputs: ["output"] },
    ],
    ...more,
  });
}

/** An output that is the same whatever the network is given. */
export interface FixedOutput extends Value {
  /** Its real shape, where `dims` leaves it open. */
  readonly shape?: readonly number[];
  readonly values: Float32Array;
}

/** A network whose outputs are the same whatever it is given. */
export function fixedNetwork(
  inputs: readonly Value[],
  outputs: readonly FixedOutput[],
  notes: Readonly<Record<string, string>> = {},
): Uint8Array {
  return onnx({
    inputs,
    outputs,
    notes,
    initializers: outputs.map(({ name, dims, shape, values }) => ({
      name: `${name}_values`,
      dims: shape ?? dims as readonly number[],
      data: values,
    })),
    nodes: outputs.map(({ name }) => ({
      op: "Identity",
      inputs: [`${name}_values`],
      outputs: [name],
    })),
  });
}

/**
 * A classifier of three classes, whose logits are the means of red, green and blue of each picture.
 *
 * @param image its input, `[pictures, 3, height, width]`.
 * @param pictures the first dimension that its output is said to have.
 */
export function colourNetwork(image: Value, pictures: number | string): Uint8Array {
  return onnx({
    inputs: [image],
    outputs: [{ name: "output", dims: [pictures, 3] }],
    nodes: [
      {
        op: "ReduceMean",
        inputs: [image.name],
        outputs: ["output"],
        attributes: { axes: [2, 3], keepdims: 0 },
      },
    ],
  });
}

/** An object that the network "sees" in every picture: the brighter the picture, the surer. */
export interface SeenObject {
  readonly classId: number;
  /** In pixels of the network's input, at most its size. */
  readonly box: Box;
}

/** What a detector is made of. */
export interface TinyNetwork {
  readonly input: Size;
  readonly classes: number;
  readonly objects: readonly SeenObject[];
  /** Type of the input's elements. */
  readonly element?: Element;
  /** Pictures that it takes at once; a word for as many as there are. */
  readonly pictures?: number | string;
}

/**
 * A network with YOLOX's output `[pictures, anchors, 5 + classes]`, whose objectness of each object's
 * anchor is the mean of the picture over 255: `output = mean(picture) · gain + base`.
 */
export function tinyYolox(
  { input, classes, objects, element = "float32", pictures = 1 }: TinyNetwork,
): Uint8Array {
  const grids = [8, 16, 32].map((stride) => ({
    columns: Math.floor(input.width / stride),
    rows: Math.floor(input.height / stride),
  }));
  const anchors = grids.reduce((sum, { columns, rows }) => sum + columns * rows, 0);
  const size = 5 + classes;
  const gain = new Float32Array(anchors * size);
  const base = new Float32Array(anchors * size);
  for (const { classId, box: [x1, y1, x2, y2] } of objects) {
    const [cx, cy] = [(x1 + x2) / 16, (y1 + y2) / 16]; // in cells of the finest grid, stride 8
    const [column, row] = [Math.floor(cx), Math.floor(cy)];
    const from = (row * grids[0]!.columns + column) * size;
    base.set([cx - column, cy - row, Math.log((x2 - x1) / 8), Math.log((y2 - y1) / 8)], from);
    gain[from + 4] = 1 / 255;
    base[from + 5 + classId] = 1;
  }
  const dims = [1, anchors, size];
  return onnx({
    inputs: [{ name: "image", element, dims: [pictures, 3, input.height, input.width] }],
    outputs: [{ name: "output", dims: [pictures, anchors, size] }],
    initializers: [
      { name: "gain", dims, data: gain },
      { name: "base", dims, data: base },
      { name: "flat", dims: [3], data: BigInt64Array.of(-1n, 1n, 1n) },
    ],
    nodes: [
      { op: "Cast", inputs: ["image"], outputs: ["pixels"], attributes: { to: 1 } },
      {
        op: "ReduceMean",
        inputs: ["pixels"],
        outputs: ["means"],
        attributes: { axes: [1, 2, 3], keepdims: 0 },
      },
      { op: "Reshape", inputs: ["means", "flat"], outputs: ["mean"] },
      { op: "Mul", inputs: ["mean", "gain"], outputs: ["scaled"] },
      { op: "Add", inputs: ["scaled", "base"], outputs: ["output"] },
    ],
  });
}

function initializer({ name, dims, data, location, ...place }: Initializer): Uint8Array {
  const elsewhere = Object.entries({ location, ...place })
    .map(([key, said]) => message(13, [text(1, key), text(2, String(said))]));
  return message(5, [
    ...dims.map((dim) => number(1, dim)),
    number(2, data instanceof BigInt64Array ? ELEMENT.int64 : ELEMENT.float32),
    text(8, name),
    ...(data ? [bytes(9, new Uint8Array(data.buffer))] : []),
    ...(location === undefined ? [] : [...elsewhere, number(14, 1)]),
  ]);
}

/** An attribute of a node: an integer, or a list of them. */
function attribute(name: string, value: number | readonly number[]): Uint8Array {
  const said = typeof value === "number"
    ? [number(3, value), number(20, 2)]
    : [...value.map((one) => number(8, one)), number(20, 7)];
  return message(5, [text(1, name), ...said]);
}

/** Name, type and shape of an input or output. */
function value({ name, element = "float32", dims }: Value): Uint8Array[] {
  const shape = dims?.map((dim) =>
    message(1, [typeof dim === "number" ? number(1, dim) : text(2, dim)])
  );
  const said = [number(1, ELEMENT[element]), ...(shape ? [message(2, shape)] : [])];
  return [text(1, name), message(2, [message(1, said)])];
}

/** A field of protobuf that is a number. */
export function number(field: number, value: number): Uint8Array {
  return concat([varint(field << 3), varint(value)]);
}

/** A field of protobuf that is bytes. */
export function bytes(field: number, data: Uint8Array): Uint8Array {
  return concat([varint(field << 3 | 2), varint(data.length), data]);
}

/** A field of protobuf that is a text. */
export function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

/** A field of protobuf that is a message of fields. */
export function message(field: number, parts: readonly Uint8Array[]): Uint8Array {
  return bytes(field, concat(parts));
}

function varint(value: number): Uint8Array {
  const digits: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) digits.push(value % 128 | 128);
  return Uint8Array.from([...digits, value]);
}

/** Fields one after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
