/** A model in several files becomes one, byte by byte what its exporter writes as one file. */

import assert from "node:assert/strict";
import { messageOf } from "../core/errors.ts";
import { Folder } from "../tests/fakes/folder.ts";
import {
  bytes,
  concat,
  type Initializer,
  message,
  number,
  onnx,
  text,
} from "../tests/fakes/onnx.ts";
import { inOneFile } from "./external_data.ts";
import { assertOnnx } from "./onnx_file.ts";

const WEIGHTS = Float32Array.from([1, 2, 3, 4]);
const BYTES = new Uint8Array(WEIGHTS.buffer);

/** A network with one tensor, which has its data where it is said. */
function network(weight: Partial<Initializer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(onnx({
    inputs: [{ name: "image", dims: [4] }],
    outputs: [{ name: "output", dims: [4] }],
    initializers: [{ name: "weight", dims: [4], ...weight }],
    nodes: [{ op: "Add", inputs: ["image", "weight"], outputs: ["output"] }],
    notes: { names: "['a']" },
  }));
}

const whole = network({ data: WEIGHTS });

Deno.test("data that lies beside a model is put in", async () => {
  await using folder = new Folder();
  folder.write("m.data", BYTES);
  folder.write("many.data", Uint8Array.from([...new Uint8Array(8), ...BYTES, 9]));
  Deno.mkdirSync(folder.file("below"));
  folder.write("below/m.data", BYTES);
  const path = folder.file("m.onnx");
  const cases: Partial<Initializer>[] = [
    { location: "m.data" },
    { location: "below/m.data" },
    { location: "many.data", offset: 8, length: 16 },
  ];
  for (const said of cases) {
    const one = await inOneFile(network(said), path);
    assert.deepEqual(one, whole, JSON.stringify(said));
    assert.equal(assertOnnx(one).get("names"), "['a']");
  }
  assert.equal(await inOneFile(whole, path), whole, "one file stays as it is");
});

Deno.test("data that is not there, or not beside the model, is refused", async () => {
  await using folder = new Folder();
  await using elsewhere = new Folder();
  elsewhere.write("secret", BYTES);
  folder.write("m.data", BYTES);
  Deno.symlinkSync(elsewhere.file("secret"), folder.file("link.data"));
  Deno.mkdirSync(folder.file("folder"));
  const cases: [said: Partial<Initializer>, message: RegExp][] = [
    [{ location: "gone.data" }, /there is no \S+gone\.data: it is wanted there, beside m\.onnx/],
    [{ location: elsewhere.file("secret") }, /in the model's own folder is wanted/],
    [{ location: "../x/m.data" }, /in the model's own folder is wanted/],
    [{ location: "below/../m.data" }, /in the model's own folder is wanted/],
    [{ location: "./m.data" }, /in the model's own folder is wanted/],
    [{ location: "..\\m.data" }, /in the model's own folder is wanted/],
    [{ location: "*/_ORT_MEM_ADDR_/*" }, /there is no/],
    [{ location: "" }, /in the model's own folder is wanted/],
    [{ location: "link.data" }, /which is \S+secret: one in the model's own folder is wanted/],
    [{ location: "folder" }, /which is no file/],
    [{ location: "m.data", offset: 4, length: 16 }, /16 bytes from 4 on .* it has 16/],
    [{ location: "m.data", offset: 17 }, /-1 bytes from 17 on/],
    [{ location: "m.data", length: 2 ** 40 }, /1099511627776 bytes from 0 on/],
  ];
  for (const [said, message] of cases) {
    const file = network(said);
    const error = await inOneFile(file, folder.file("m.onnx")).then(() => "nothing", messageOf);
    assert.match(error, message);
    assert.match(error, /^its tensor "weight" lies in another file, /);
    assert.throws(() => assertOnnx(file), /a model in one file is wanted: "smarteye models add"/);
  }
});

Deno.test("data is found wherever a file may have tensors", async () => {
  await using folder = new Folder();
  folder.write("m.data", BYTES);
  const named = (field: number, data: readonly Uint8Array[]) =>
    message(field, [number(1, 4), number(2, 1), text(8, "deep"), ...data]);
  const outside = [message(13, [text(1, "location"), text(2, "m.data")]), number(14, 1)];
  const attribute = (parts: readonly Uint8Array[]) => message(1, [message(5, parts)]);
  const inGraph = (part: Uint8Array) => concat([number(1, 8), message(7, [part])]);
  /** By what has the tensor in the end, given as the field of that number with such data. */
  const places: Record<string, (data: readonly Uint8Array[]) => Uint8Array> = {
    "a tensor": (data) => inGraph(attribute([named(5, data)])),
    "one of several": (data) => inGraph(attribute([named(10, data), named(10, data)])),
    "a graph in a graph": (data) =>
      inGraph(attribute([message(6, [attribute([message(11, [named(5, data)])])])])),
    "a sparse tensor": (data) => inGraph(attribute([message(22, [named(1, data)])])),
    "sparse tensors": (data) => inGraph(attribute([message(23, [named(2, data)])])),
    "a sparse initializer": (data) => inGraph(message(15, [named(1, data), named(2, data)])),
    "a function": (data) =>
      concat([
        number(1, 8),
        message(7, []),
        message(25, [
          message(7, [message(5, [named(5, data)])]),
        ]),
      ]),
  };
  for (const [what, made] of Object.entries(places)) {
    const file = new Uint8Array(made(outside));
    assert.throws(() => assertOnnx(file), /its tensor "deep" lies in another file/, what);
    const one = await inOneFile(file, folder.file("m.onnx"));
    assert.deepEqual(one, new Uint8Array(made([bytes(9, BYTES)])), what);
  }
});
