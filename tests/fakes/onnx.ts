/** A network small enough to be written by hand, in ONNX's protobuf (onnx/onnx.proto, IR version 8). */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";

/** An object that the network "sees" in every picture: the brighter the picture, the surer. */
export interface SeenObject {
  readonly classId: number;
  /** In pixels of the network's input, at most its size. */
  readonly box: Box;
}

/** ONNX's numbers of element types. */
const ELEMENT = { float32: 1, uint8: 2 } as const;

/** What a network is made of. */
export interface TinyNetwork {
  readonly input: Size;
  readonly classes: number;
  readonly objects: readonly SeenObject[];
  /** Type of the input's elements. */
  readonly element?: keyof typeof ELEMENT;
}

/**
 * A network with YOLOX's output `[1, anchors, 5 + classes]`, whose objectness of each object's
 * anchor is the mean of the input over 255: `output = mean(input) · gain + base`.
 */
export function tinyYolox(
  { input, classes, objects, element = "float32" }: TinyNetwork,
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
  const graph = [
    message(1, [text(1, "image"), text(2, "pixels"), text(4, "Cast"), attribute("to", 1)]),
    message(1, [
      text(1, "pixels"),
      text(2, "mean"),
      text(4, "ReduceMean"),
      attribute("keepdims", 0),
    ]),
    message(1, [text(1, "mean"), text(1, "gain"), text(2, "scaled"), text(4, "Mul")]),
    message(1, [text(1, "scaled"), text(1, "base"), text(2, "output"), text(4, "Add")]),
    text(2, "tiny"),
    initializer("gain", dims, gain),
    initializer("base", dims, base),
    message(11, value("image", ELEMENT[element], [1, 3, input.height, input.width])),
    message(12, value("output", ELEMENT.float32, dims)),
  ];
  return concat([
    number(1, 8),
    text(2, "smarteye tests"),
    message(7, graph),
    message(8, [text(1, ""), number(2, 13)]),
  ]);
}

function initializer(name: string, dims: number[], data: Float32Array): Uint8Array {
  return message(5, [
    ...dims.map((dim) => number(1, dim)),
    number(2, ELEMENT.float32),
    text(8, name),
    bytes(9, new Uint8Array(data.buffer)),
  ]);
}

/** An integer attribute of a node. */
function attribute(name: string, value: number): Uint8Array {
  return message(5, [text(1, name), number(3, value), number(20, 2)]);
}

/** Name, type and shape of an input or output. */
function value(name: string, element: number, dims: number[]): Uint8Array[] {
  const shape = message(2, dims.map((dim) => message(1, [number(1, dim)])));
  return [text(1, name), message(2, [message(1, [number(1, element), shape])])];
}

function number(field: number, value: number): Uint8Array {
  return concat([varint(field << 3), varint(value)]);
}

function bytes(field: number, data: Uint8Array): Uint8Array {
  return concat([varint(field << 3 | 2), varint(data.length), data]);
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

function message(field: number, parts: readonly Uint8Array[]): Uint8Array {
  return bytes(field, concat(parts));
}

function varint(value: number): Uint8Array {
  const digits: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) digits.push(value % 128 | 128);
  return Uint8Array.from([...digits, value]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
