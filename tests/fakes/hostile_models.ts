/** Files that pretend to be models, each with what must be said of it. */

import { constantNetwork, type Network, onnx } from "./onnx.ts";
import { SIDE, WEIGHTS } from "./tiny_model.ts";
import type { Manifest } from "../../models/manifest.ts";

/** One such file. */
export interface HostileModel {
  readonly name: string;
  /** Absent where there is no file at all. */
  readonly weights?: Uint8Array;
  /** What its manifest says that is not true of the tiny model. */
  readonly said?: Partial<Manifest>;
  /** What a message says of it, when it is loaded by that manifest. */
  readonly message: RegExp;
  /** What a message says of it when it is added without a manifest; absent where that is no harm. */
  readonly added?: RegExp;
}

const IMAGE = { name: "image", dims: [1, 3, SIDE, SIDE] };

/** Shape of the tiny model's output. */
const DIMS = [1, 21, 8];

/** A network of one operation on the image. */
function single(op: string, more: Partial<Network> = {}): Uint8Array {
  return onnx({
    inputs: [IMAGE],
    outputs: [{ name: "output", dims: DIMS }],
    nodes: [{ op, inputs: ["image"], outputs: ["output"] }],
    ...more,
  });
}

const ascii = (text: string) => new TextEncoder().encode(text);

/** Every one of them. */
export const HOSTILE_MODELS: readonly HostileModel[] = [
  { name: "missing", message: /No such file/ },
  { name: "empty", weights: new Uint8Array(0), message: /0 bytes that are no ONNX file/ },
  {
    name: "truncated",
    weights: WEIGHTS.slice(0, Math.floor(WEIGHTS.length / 2)),
    message: /bytes that are no ONNX file, or not a whole one/,
  },
  {
    name: "wrong_sha256",
    weights: WEIGHTS,
    said: { sha256: "0".repeat(64) },
    message: /its sha256 is [0-9a-f]{64}, 0{64} is wanted/,
  },
  { name: "zip", weights: ascii("PK\x03\x04 and the rest"), message: /it is a zip archive/ },
  {
    name: "lfs_pointer",
    weights: ascii("version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 3\n"),
    message: /it is a Git LFS pointer/,
  },
  { name: "web_page", weights: ascii("<!DOCTYPE html><html>404</html>"), message: /a web page/ },
  {
    name: "noise",
    weights: Uint8Array.from({ length: 1000 }, (_, i) => (i * i * 31 + 7 * i) % 256),
    message: /no ONNX file, or not a whole one/,
  },
  {
    name: "external_data",
    weights: single("Identity", {
      initializers: [{ name: "weight", dims: [4], location: "../../../etc/passwd" }],
    }),
    message: /its tensor "weight" lies in another file, "\.\.\/\.\.\/\.\.\/etc\/passwd"/,
  },
  {
    name: "claims_3_gb",
    weights: single("Identity", {
      initializers: [{ name: "weight", dims: [800_000_000], data: new Float32Array(4) }],
    }),
    message: /its tensor "weight" claims 800000000 values \[800000000\] in a file of \d+ bytes/,
  },
  {
    name: "unknown_operator",
    weights: single("SummonDemons"),
    message: /SummonDemons/,
  },
  {
    name: "opset_of_the_future",
    weights: single("Identity", { opset: 9999 }),
    message: /opset 9999/i,
  },
  {
    name: "wrong_label_count",
    weights: WEIGHTS,
    said: { labels: ["one", "two"] },
    message: /found output \[1, 21, 8\], one output \[1, 21, 7\] is wanted/,
  },
  {
    name: "nan_outputs",
    weights: constantNetwork(IMAGE, DIMS, new Float32Array(21 * 8).fill(NaN)),
    message: /its output output holds NaN/,
  },
  {
    name: "zero_size_outputs",
    weights: constantNetwork(IMAGE, [1, 0, 8], new Float32Array(0)),
    message: /found output \[1, 0, 8\], one output \[1, 21, 8\] is wanted/,
    added: /its outputs are output \[1, 0, 8\]/,
  },
  {
    name: "other_size",
    weights: WEIGHTS,
    said: {
      input: {
        ...{ width: 64, height: 64, color: "rgb", mean: [0, 0, 0], std: [1, 1, 1] },
        ...{ fit: "stretch", layout: "nchw", type: "float32", pad: 0, multiple_of: 1 },
        resample: "linear",
      },
    },
    message: /its input is image float32 \[1, 3, 32, 32\], float32 \[1, 3, 64, 64\] is what/,
  },
  {
    name: "two_inputs",
    weights: onnx({
      inputs: [IMAGE, { name: "other", dims: [1, 3, SIDE, SIDE] }],
      outputs: [{ name: "output", dims: [1, 3, SIDE, SIDE] }],
      nodes: [{ op: "Add", inputs: ["image", "other"], outputs: ["output"] }],
    }),
    message: /its inputs are image float32 .*, other float32 .*, one image is wanted/,
  },
  {
    name: "no_image",
    weights: onnx({
      inputs: [{ name: "number", dims: [1] }],
      outputs: [{ name: "output", dims: [1] }],
      nodes: [{ op: "Identity", inputs: ["number"], outputs: ["output"] }],
    }),
    message: /its inputs are number float32 \[1\], one image is wanted/,
  },
  {
    name: "says_words",
    weights: onnx({
      inputs: [IMAGE],
      outputs: [{ name: "output", element: "string", dims: [1, 3, SIDE, SIDE] }],
      nodes: [{ op: "Cast", inputs: ["image"], outputs: ["output"], attributes: { to: 8 } }],
    }),
    message: /its output output is string, numbers are wanted/,
  },
  {
    name: "fails_when_run",
    weights: onnx({
      inputs: [{ name: "image", dims: [1, 3, "height", "width"] }],
      outputs: [{ name: "output", dims: ["any"] }],
      initializers: [{ name: "shape", dims: [2], data: BigInt64Array.from([7n, 11n]) }],
      nodes: [{ op: "Reshape", inputs: ["image", "shape"], outputs: ["output"] }],
    }),
    message: /it cannot run: .*Reshape/,
  },
];
