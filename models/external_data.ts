/** A model in several files → the same model in one: what tensors have in files beside it is put in. */

import { basename, dirname, join, sep } from "node:path";
import { messageOf } from "../core/errors.ts";
import {
  FILE_BYTES_MAX,
  lengthOfAll,
  liesOutside,
  type OutsideTensor,
  outsideTensors,
  withOutsideData,
} from "./onnx_file.ts";

/** A file beside a model. */
interface Beside {
  /** Its real path, without links. */
  readonly path: string;
  readonly size: number;
}

/** How to do without such files. */
const AS_ONE = `or both as one file: onnx.save(onnx.load("it.onnx"), "one.onnx")`;

/**
 * The model as one file, as exporters write it that are not told to keep data apart: the runtime then
 * opens no file by itself, and one sha256 is that of all. What is one file already stays as it is.
 *
 * @param file its bytes.
 * @param path where it is: files that it names are looked for beside it, and nowhere else.
 * @throws {SmarteyeError} `failed_precondition`, continuing "Cannot use … as a model: ", when it is
 * no ONNX file, a file that it names is not there or not beside it, has less than it says, or all
 * together is more than one file may be.
 */
export async function inOneFile(
  file: Uint8Array<ArrayBuffer>,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const outside = outsideTensors(file);
  if (outside.length === 0) return file;
  const beside = new Map<string, Beside>();
  for (const tensor of outside) {
    if (!beside.has(tensor.location)) beside.set(tensor.location, await fileOf(tensor, path));
  }
  const pieces = withOutsideData(
    file,
    (tensor) => bytesOf(tensor, beside.get(tensor.location)!),
  );
  const length = lengthOfAll(pieces);
  if (length > FILE_BYTES_MAX) {
    throw liesOutside(
      outside[0]!,
      `with all such files it has ${length} bytes, at most ${FILE_BYTES_MAX} are wanted`,
    );
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    if ("tensor" in piece) {
      const { tensor } = piece;
      await readInto(whole.subarray(at, at + piece.length), tensor, beside.get(tensor.location)!);
    } else whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The file of that tensor's data, which has to be in the model's folder, links and all. */
async function fileOf(tensor: OutsideTensor, model: string): Promise<Beside> {
  const { location } = tensor;
  const parts = location.split("/");
  // deno-lint-ignore no-control-regex -- no file's name has them
  const isPlain = !/[\\:\x00-\x1f]/.test(location) &&
    parts.every((part) => !/^\.{0,2}$/.test(part));
  const inFolder = `one in the model's own folder is wanted, ${AS_ONE}`;
  if (!isPlain) throw liesOutside(tensor, inFolder);
  const folder = await Deno.realPath(dirname(model));
  const place = join(folder, ...parts);
  let path: string;
  try {
    path = await Deno.realPath(place);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cannotRead(tensor, cause);
    throw liesOutside(
      tensor,
      `there is no ${place}: it is wanted there, beside ${basename(model)}, ${AS_ONE}`,
    );
  }
  const root = folder.endsWith(sep) ? folder : folder + sep;
  if (!path.startsWith(root)) throw liesOutside(tensor, `which is ${path}: ${inFolder}`);
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) throw liesOutside(tensor, "which is no file"); // a pipe would be read for ever
  return { path, size };
}

/** How many bytes of data a tensor has there. */
function bytesOf(tensor: OutsideTensor, { size }: Beside): number {
  const { offset, length = size - offset } = tensor;
  const isPlace = [offset, length].every((one) => Number.isSafeInteger(one) && one >= 0);
  if (isPlace && offset + length <= size) return length;
  throw liesOutside(
    tensor,
    `${length} bytes from ${offset} on are wanted of it, it has ${size}: it is cut off or another's`,
  );
}

async function readInto(
  place: Uint8Array<ArrayBuffer>,
  tensor: OutsideTensor,
  { path }: Beside,
): Promise<void> {
  try {
    using file = await Deno.open(path);
    await file.seek(tensor.offset, Deno.SeekMode.Start);
    for (let length = 0; length < place.length;) {
      const n = await file.read(place.subarray(length));
      if (n === null) throw new Error(`it ended ${place.length - length} bytes too soon`);
      length += n;
    }
  } catch (cause) {
    throw cannotRead(tensor, cause);
  }
}

function cannotRead(tensor: OutsideTensor, cause: unknown) {
  return liesOutside(tensor, `which cannot be read: ${messageOf(cause)}`);
}
