/** What an ONNX file says of itself, read before a runtime is trusted with it. */

import protobuf from "protobufjs";
import { messageOf, SmarteyeError } from "../core/errors.ts";

/** The most that one protobuf message may be, and so an ONNX file. */
export const FILE_BYTES_MAX = 2 ** 31;

/** Levels of graphs within graphs, as in protobuf's own limit. */
const DEPTH_MAX = 100;

/** Files that are often taken for models, by how they begin. */
const NOT_MODELS: readonly (readonly [start: string, what: string])[] = [
  ["PK\x03\x04", "a zip archive (a PyTorch checkpoint is one too)"],
  ["version https://git-lfs", "a Git LFS pointer, not the file that it points to"],
  ["<!DOCTYPE", "a web page"],
  ["<html", "a web page"],
  ["\x1f\x8b", "a gzip archive"],
  ["\x80\x02", "a Python pickle"],
  ["\x89HDF", "an HDF5 file"],
];

interface ModelFile {
  readonly irVersion: number;
  readonly graph: Graph | null;
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

interface Graph {
  readonly initializer: readonly Tensor[];
  readonly node: readonly { readonly attribute: readonly Attribute[] }[];
}

interface Attribute {
  readonly t: Tensor | null;
  readonly tensors: readonly Tensor[];
  readonly g: Graph | null;
  readonly graphs: readonly Graph[];
}

interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataLocation: number;
  readonly externalData: readonly { readonly key: string; readonly value: string }[];
}

/** Of onnx/onnx.proto only the fields that are looked at: the reader skips the rest, weights and all. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Model { int64 ir_version = 1; Graph graph = 7; repeated Entry metadata_props = 14; }
  message Graph { repeated Node node = 1; repeated Tensor initializer = 5; }
  message Node { repeated Attribute attribute = 5; }
  message Attribute {
    Tensor t = 5; Graph g = 6; repeated Tensor tensors = 10; repeated Graph graphs = 11;
  }
  message Tensor {
    repeated int64 dims = 1; string name = 8; repeated Entry external_data = 13;
    int32 data_location = 14;
  }
  message Entry { string key = 1; string value = 2; }
`);

const EXTERNAL = 1;

/**
 * Refuses what is no ONNX file, reads from other files, or claims more than it holds: a runtime
 * might follow such a file out of the model directory, or ask for memory that there is not.
 *
 * @returns what the file's exporter noted in it, such as the names of the classes.
 * @throws {SmarteyeError} `failed_precondition`; its message continues "Cannot load …: ".
 */
export function assertOnnx(file: Uint8Array): ReadonlyMap<string, string> {
  const begin = new TextDecoder("latin1").decode(file.subarray(0, 64));
  const known = NOT_MODELS.find(([start]) => begin.startsWith(start));
  if (known) throw refused(`it is ${known[1]}, an ONNX file is wanted`);
  const { irVersion, graph, metadataProps } = read(file);
  if (!(irVersion > 0) || graph === null) {
    throw refused(`it has ${file.length} bytes that are no ONNX file, or not a whole one`);
  }
  for (const { name, dims, dataLocation, externalData } of tensorsOf(graph)) {
    const label = JSON.stringify(name.slice(0, 80));
    if (dataLocation === EXTERNAL || externalData.length > 0) {
      const location = externalData.find(({ key }) => key === "location")?.value ?? "";
      throw refused(
        `its tensor ${label} lies in another file, ${JSON.stringify(location.slice(0, 120))}; ` +
          `a model in one file is wanted: torch.onnx.export(…, external_data=False), or of both files ` +
          `onnx.save(onnx.load("it.onnx"), "one.onnx")`,
      );
    }
    const claimed = dims.reduce((product, dim) => product * Math.max(dim, 0), 1);
    // No type of element takes less than a quarter of a byte (int2).
    if (claimed > 4 * file.length) {
      throw refused(
        `its tensor ${label} claims ${claimed} values [${dims.join(", ")}] ` +
          `in a file of ${file.length} bytes: it is cut off or forged`,
      );
    }
  }
  return new Map(metadataProps.map(({ key, value }) => [key, value]));
}

function read(file: Uint8Array): ModelFile {
  const Model = root.lookupType("Model");
  try {
    return Model.toObject(Model.decode(file), { longs: Number, defaults: true }) as ModelFile;
  } catch (cause) {
    throw refused(
      `it has ${file.length} bytes that are no ONNX file, or not a whole one (${messageOf(cause)})`,
      cause,
    );
  }
}

function* tensorsOf(graph: Graph, depth = 0): Generator<Tensor> {
  if (depth > DEPTH_MAX) throw refused(`its graphs lie more than ${DEPTH_MAX} deep in each other`);
  yield* graph.initializer;
  for (const { attribute } of graph.node) {
    for (const { t, tensors, g, graphs } of attribute) {
      if (t) yield t;
      yield* tensors;
      if (g) yield* tensorsOf(g, depth + 1);
      for (const one of graphs) yield* tensorsOf(one, depth + 1);
    }
  }
}

function refused(found: string, cause?: unknown): SmarteyeError {
  return new SmarteyeError("failed_precondition", found, { cause });
}
