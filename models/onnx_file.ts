/** What an ONNX file says of itself, read before a runtime is trusted with it. */

import protobuf from "protobufjs";
import { messageOf, SmarteyeError } from "../core/errors.ts";

/** The most that one protobuf message may be, and so an ONNX file. */
export const FILE_BYTES_MAX = 2 ** 31 - 1;

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
  readonly metadataProps: readonly Entry[];
  readonly functions: readonly Pick<Graph, "node">[];
}

interface Graph {
  readonly initializer: readonly Tensor[];
  readonly sparseInitializer: readonly Sparse[];
  readonly node: readonly { readonly attribute: readonly Attribute[] }[];
}

interface Attribute {
  readonly t: Tensor | null;
  readonly tensors: readonly Tensor[];
  readonly g: Graph | null;
  readonly graphs: readonly Graph[];
  readonly sparseTensor: Sparse | null;
  readonly sparseTensors: readonly Sparse[];
}

interface Sparse {
  readonly values: Tensor | null;
  readonly indices: Tensor | null;
}

interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataLocation: number;
  readonly externalData: readonly Entry[];
}

interface Entry {
  readonly key: string;
  readonly value: string;
}

/** A tensor whose data lies in another file. */
export interface OutsideTensor {
  /** Its name in quotes, for messages. */
  readonly label: string;
  /** Path of the other file, as the file has it. */
  readonly location: string;
  /** Where its data begins there, in bytes; a number that is no place where the file says so. */
  readonly offset: number;
  /** How many bytes it has; to the end of that file where absent. */
  readonly length: number | undefined;
}

/** The data of a tensor, in the place where it is wanted. */
export interface OutsideData {
  /** Whose data it is. */
  readonly tensor: OutsideTensor;
  /** How many bytes it has. */
  readonly length: number;
}

/** Of onnx/onnx.proto only the fields that are looked at: the reader skips the rest, weights and all. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Model {
    int64 ir_version = 1; Graph graph = 7; repeated Entry metadata_props = 14;
    repeated Function functions = 25;
  }
  message Function { repeated Node node = 7; }
  message Graph {
    repeated Node node = 1; repeated Tensor initializer = 5; repeated Sparse sparse_initializer = 15;
  }
  message Node { repeated Attribute attribute = 5; }
  message Attribute {
    Tensor t = 5; Graph g = 6; repeated Tensor tensors = 10; repeated Graph graphs = 11;
    Sparse sparse_tensor = 22; repeated Sparse sparse_tensors = 23;
  }
  message Sparse { Tensor values = 1; Tensor indices = 2; }
  message Tensor {
    repeated int64 dims = 1; string name = 8; repeated Entry external_data = 13;
    int32 data_location = 14;
  }
  message Entry { string key = 1; string value = 2; }
`);

root.resolveAll();
const MODEL = root.lookupType("Model");
const TENSOR = root.lookupType("Tensor");
const ENTRY = root.lookupType("Entry");

const EXTERNAL = 1;

/** Fields of a tensor that are its data, or say where that is. */
const RAW_DATA = 9;
const DATA_FIELDS: readonly number[] = [RAW_DATA, 13, 14]; // with external_data and data_location

/** A field whose value has a length, in protobuf's wire format. */
const LENGTH_DELIMITED = 2;

/**
 * Refuses what is no ONNX file, reads from other files, or claims more than it holds: a runtime
 * might follow such a file out of the model directory, or ask for memory that there is not.
 *
 * @returns what the file's exporter noted in it, such as the names of the classes.
 * @throws {SmarteyeError} `failed_precondition`; its message continues "Cannot load …: ".
 */
export function assertOnnx(file: Uint8Array): ReadonlyMap<string, string> {
  const model = read(file);
  for (const tensor of tensorsOf(model)) {
    const outside = outsideOf(tensor);
    if (outside) {
      throw liesOutside(
        outside,
        `a model in one file is wanted: "smarteye models add" makes one of both, and so does ` +
          `torch.onnx.export(…, external_data=False)`,
      );
    }
    const { name, dims } = tensor;
    const claimed = dims.reduce((product, dim) => product * Math.max(dim, 0), 1);
    // No type of element takes less than a quarter of a byte (int2).
    if (claimed > 4 * file.length) {
      throw refused(
        `its tensor ${labelOf(name)} claims ${claimed} values [${dims.join(", ")}] ` +
          `in a file of ${file.length} bytes: it is cut off or forged`,
      );
    }
  }
  return new Map(model.metadataProps.map(({ key, value }) => [key, value]));
}

/**
 * The tensors of an ONNX file whose data lies in other files.
 *
 * @throws {SmarteyeError} as `assertOnnx` does of what is no ONNX file.
 */
export function outsideTensors(file: Uint8Array): OutsideTensor[] {
  return [...tensorsOf(read(file))].flatMap((tensor) => outsideOf(tensor) ?? []);
}

/**
 * The same model as one file: the bytes of `file`, and between them what has to be put in of others.
 *
 * @param lengthOf how many bytes of data a tensor has.
 */
export function withOutsideData(
  file: Uint8Array,
  lengthOf: (tensor: OutsideTensor) => number,
): (Uint8Array | OutsideData)[] {
  return piecesOf(file, MODEL, lengthOf);
}

/** Refuses a tensor whose data lies in another file. */
export function liesOutside({ label, location }: OutsideTensor, wanted: string): SmarteyeError {
  const said = JSON.stringify(location.slice(0, 120));
  return refused(`its tensor ${label} lies in another file, ${said}; ${wanted}`);
}

function outsideOf({ name, dataLocation, externalData }: Tensor): OutsideTensor | undefined {
  if (dataLocation !== EXTERNAL && externalData.length === 0) return undefined;
  const said = (key: string) => externalData.find((entry) => entry.key === key)?.value;
  const length = said("length");
  return {
    label: labelOf(name),
    location: said("location") ?? "",
    offset: Number(said("offset") ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}

/** A message, in which the data of each tensor that lies elsewhere is marked. */
function piecesOf(
  bytes: Uint8Array,
  type: protobuf.Type,
  lengthOf: (tensor: OutsideTensor) => number,
): (Uint8Array | OutsideData)[] {
  const outside = type === TENSOR ? outsideOf(decoded<Tensor>(TENSOR, bytes)) : undefined;
  const pieces: (Uint8Array | OutsideData)[] = [];
  const reader = new protobuf.Reader(bytes);
  let from = 0; // what is before it is in pieces, or left out
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const field = tag >>> 3;
    const within = type.fieldsById[field]?.resolvedType;
    const isMessage = (tag & 7) === LENGTH_DELIMITED && within instanceof protobuf.Type &&
      within !== ENTRY;
    if (isMessage) {
      const message = reader.bytes();
      const parts = piecesOf(message, within, lengthOf);
      if (parts[0] === message) continue; // as it was
      pieces.push(bytes.subarray(from, start), head(field, lengthOfAll(parts)));
      for (const part of parts) pieces.push(part);
    } else {
      reader.skipType(tag & 7);
      if (!outside || !DATA_FIELDS.includes(field)) continue;
      pieces.push(bytes.subarray(from, start));
    }
    from = reader.pos;
  }
  if (pieces.length === 0) return [bytes];
  pieces.push(bytes.subarray(from));
  if (outside) {
    const length = lengthOf(outside);
    pieces.push(head(RAW_DATA, length), { tensor: outside, length });
  }
  return pieces;
}

function head(field: number, length: number): Uint8Array {
  return new protobuf.Writer().uint32(field << 3 | LENGTH_DELIMITED).uint32(length).finish();
}

/** Bytes of pieces together. */
export function lengthOfAll(pieces: readonly (Uint8Array | OutsideData)[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

function read(file: Uint8Array): ModelFile {
  const begin = new TextDecoder("latin1").decode(file.subarray(0, 64));
  const known = NOT_MODELS.find(([start]) => begin.startsWith(start));
  if (known) throw refused(`it is ${known[1]}, an ONNX file is wanted`);
  const noFile = `it has ${file.length} bytes that are no ONNX file, or not a whole one`;
  let model: ModelFile;
  try {
    model = decoded<ModelFile>(MODEL, file);
  } catch (cause) {
    throw refused(`${noFile} (${messageOf(cause)})`, cause);
  }
  if (!(model.irVersion > 0) || model.graph === null) throw refused(noFile);
  return model;
}

function decoded<T>(type: protobuf.Type, bytes: Uint8Array): T {
  return type.toObject(type.decode(bytes), { longs: Number, defaults: true }) as T;
}

function labelOf(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

function* tensorsOf({ graph, functions }: ModelFile): Generator<Tensor> {
  if (graph) yield* tensorsWithin(graph, 0);
  for (const one of functions) {
    yield* tensorsWithin({ ...one, initializer: [], sparseInitializer: [] }, 0);
  }
}

function* tensorsWithin(graph: Graph, depth: number): Generator<Tensor> {
  if (depth > DEPTH_MAX) throw refused(`its graphs lie more than ${DEPTH_MAX} deep in each other`);
  yield* graph.initializer;
  for (const sparse of graph.sparseInitializer) yield* partsOf(sparse);
  for (const { attribute } of graph.node) {
    for (const { t, tensors, g, graphs, sparseTensor, sparseTensors } of attribute) {
      if (t) yield t;
      yield* tensors;
      if (sparseTensor) yield* partsOf(sparseTensor);
      for (const sparse of sparseTensors) yield* partsOf(sparse);
      if (g) yield* tensorsWithin(g, depth + 1);
      for (const one of graphs) yield* tensorsWithin(one, depth + 1);
    }
  }
}

function partsOf({ values, indices }: Sparse): Tensor[] {
  return [values, indices].filter((part) => part !== null);
}

function refused(found: string, cause?: unknown): SmarteyeError {
  return new SmarteyeError("failed_precondition", found, { cause });
}
