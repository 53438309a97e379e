/** Networks as named tensors in and named tensors out, on hand-made ONNX files. */

import assert from "node:assert/strict";
import { type Element, type Network, onnx, type Value } from "../../tests/fakes/onnx.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { CPU } from "../provider.ts";
import { Session } from "./session.ts";
import type { Tensor } from "../../core/tensor.ts";

const OPTIONS = { threads: 1, provider: CPU };

/** A network that gives back what it is given. */
const echo = (input: Value): Network => ({
  inputs: [input],
  outputs: [{ name: "back", ...input.element ? { element: input.element } : {} }],
  nodes: [{ op: "Identity", inputs: [input.name], outputs: ["back"] }],
});

/** `sum = left + right`, `difference = left - right`. */
const ARITHMETIC: Network = {
  inputs: [{ name: "left", dims: ["n", 2] }, { name: "right", dims: [1, 2] }],
  outputs: [{ name: "sum", dims: ["n", 2] }, { name: "difference", dims: ["n", 2] }],
  nodes: [
    { op: "Add", inputs: ["left", "right"], outputs: ["sum"] },
    { op: "Sub", inputs: ["left", "right"], outputs: ["difference"] },
  ],
};

const LEFT: Tensor = {
  name: "left",
  type: "float32",
  dims: [3, 2],
  data: Float32Array.of(1, 2, 3, 4, 5, 6),
};
const RIGHT: Tensor = {
  name: "right",
  type: "float32",
  dims: [1, 2],
  data: Float32Array.of(10, 20),
};

async function withSession<T>(network: Network, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await Session.open(onnx(network), OPTIONS);
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}

Deno.test("tensors of every type go in and come out as they are", async () => {
  const dims = [2, 2];
  const tensors: Tensor[] = [
    { name: "x", type: "float32", dims, data: Float32Array.of(0.1, -Infinity, 3e38, -0) },
    { name: "x", type: "float16", dims, data: Float16Array.of(0.5, -65504, 6e-8, Infinity) },
    { name: "x", type: "float64", dims, data: Float64Array.of(0.1, 1e308, -5e-324, 2) },
    { name: "x", type: "int8", dims, data: Int8Array.of(-128, 127, 0, 1) },
    { name: "x", type: "int16", dims, data: Int16Array.of(-32768, 32767, 0, 1) },
    { name: "x", type: "int32", dims, data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1) },
    {
      name: "x",
      type: "int64",
      dims,
      data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n),
    },
    { name: "x", type: "uint8", dims, data: Uint8Array.of(0, 255, 1, 2) },
    { name: "x", type: "uint16", dims, data: Uint16Array.of(0, 65535, 1, 2) },
    { name: "x", type: "uint32", dims, data: Uint32Array.of(0, 2 ** 32 - 1, 1, 2) },
    { name: "x", type: "uint64", dims, data: BigUint64Array.of(0n, 2n ** 64n - 1n, 1n, 2n) },
    { name: "x", type: "bool", dims, data: Uint8Array.of(1, 0, 0, 1) },
  ];
  for (const tensor of tensors) {
    const element: Element = tensor.type;
    const outputs = await withSession(
      echo({ name: "x", element, dims: [2, "any"] }),
      (session) => {
        assert.deepEqual(session.inputs, [{ name: "x", type: element, dims: [2, "any"] }]);
        return session.run([tensor]);
      },
    );
    assert.deepEqual(outputs, [{ ...tensor, name: "back" }], element);
  }
});

Deno.test("a tensor may be a part of a larger array", async () => {
  const parts: Tensor[] = [
    { name: "x", type: "float32", dims: [2], data: Float32Array.of(9, 1, 2, 9).subarray(1, 3) },
    { name: "x", type: "float16", dims: [2], data: Float16Array.of(9, 1, 2, 9).subarray(1, 3) },
  ];
  for (const part of parts) {
    const { type: element } = part;
    const [back] = await withSession(
      echo({ name: "x", element, dims: [2] }),
      (session) => session.run([part]),
    );
    assert.deepEqual([...back!.data], [1, 2], element);
  }
});

Deno.test("all inputs go in, in any order, and all outputs come out in the file's", async () => {
  await withSession(ARITHMETIC, async (session) => {
    for (const given of [[LEFT, RIGHT], [RIGHT, LEFT]]) {
      const outputs = await session.run(given);
      assert.deepEqual(
        outputs.map(({ name, dims, data }) => [name, dims, [...data]]),
        [
          ["sum", [3, 2], [11, 22, 13, 24, 15, 26]],
          ["difference", [3, 2], [-9, -18, -7, -16, -5, -14]],
        ],
      );
    }
  });
});

Deno.test("outputs stay as they are when the network runs again", async () => {
  await withSession(ARITHMETIC, async (session) => {
    const [first] = await session.run([LEFT, RIGHT]);
    const before = [...first!.data];
    await session.run([{ ...LEFT, data: new Float32Array(6) } as Tensor, RIGHT]);
    assert.deepEqual([...first!.data], before);
  });
});

Deno.test("where a file does not say a shape, any will do; a single value has none", async () => {
  await withSession(echo({ name: "x" }), async (session) => {
    const shapes: [dims: number[], data: number[]][] = [[[], [7]], [[2, 1], [1, 2]], [[0, 3], []]];
    for (const [dims, data] of shapes) {
      const x: Tensor = { name: "x", type: "float32", dims, data: Float32Array.from(data) };
      const [back] = await session.run([x]);
      assert.deepEqual([back!.dims, [...back!.data]], [dims, data]);
    }
  });
});

Deno.test("what an input does not take is refused, saying what was given and what is wanted", async () => {
  const wrong: [what: string, given: Tensor[], message: RegExp][] = [
    [
      "one is missing",
      [LEFT],
      /^it cannot run: its input right float32 \[1, 2\] was not given$/,
    ],
    [
      "one is given twice",
      [LEFT, RIGHT, LEFT],
      /its input left was given 2 times, once is wanted/,
    ],
    [
      "one is unknown",
      [LEFT, RIGHT, { ...LEFT, name: "__proto__" }],
      /it has no input "__proto__", left float32 \[n, 2\], right float32 \[1, 2\] is wanted/,
    ],
    [
      "another type",
      [LEFT, { ...RIGHT, type: "float64", data: Float64Array.of(1, 2) }],
      /its input is right float32 \[1, 2\], float64 \[1, 2\] was given/,
    ],
    [
      "another size",
      [LEFT, { ...LEFT, name: "right" }],
      /right float32 \[1, 2\], float32 \[3, 2\]/,
    ],
    [
      "another rank",
      [{ ...LEFT, dims: [6] } as Tensor, RIGHT],
      /left float32 \[n, 2\], float32 \[6\]/,
    ],
    [
      "too few values",
      [{ ...LEFT, data: new Float32Array(5) } as Tensor, RIGHT],
      /left of shape \[3, 2\] was given with 5 values, as many as the shape has are wanted/,
    ],
    ["less than nothing", [{ ...LEFT, dims: [-3, 2] } as Tensor, RIGHT], /shape \[-3, 2\]/],
    ["half a row", [{ ...LEFT, dims: [0.5, 2] } as Tensor, RIGHT], /shape \[0\.5, 2\]/],
  ];
  await withSession(ARITHMETIC, async (session) => {
    for (const [what, given, message] of wrong) {
      assert.match(await refused(() => session.run(given), "invalid_argument"), message, what);
    }
    assert.equal((await session.run([LEFT, RIGHT])).length, 2, "it goes on");
  });
});

Deno.test("strings are refused when the network is loaded", async () => {
  const toText: Network = {
    inputs: [{ name: "x", dims: [2] }],
    outputs: [{ name: "text", element: "string", dims: [2] }],
    nodes: [{ op: "Cast", inputs: ["x"], outputs: ["text"], attributes: { to: 8 } }],
  };
  const fromText: Network = {
    inputs: [{ name: "text", element: "string", dims: [2] }],
    outputs: [{ name: "y", dims: [2] }],
    nodes: [{ op: "Cast", inputs: ["text"], outputs: ["y"], attributes: { to: 1 } }],
  };
  const open = (network: Network) => () => Session.open(onnx(network), OPTIONS);
  assert.equal(
    await refused(open(toText), "failed_precondition"),
    "its output text is string, numbers are wanted",
  );
  assert.equal(
    await refused(open(fromText), "failed_precondition"),
    "its input text is string, numbers are wanted",
  );
});

Deno.test("what the network itself cannot do is the network's failure", async () => {
  const reshape: Network = {
    inputs: [{ name: "x", dims: ["n"] }],
    outputs: [{ name: "y", dims: [2, 2] }],
    initializers: [{ name: "shape", dims: [2], data: BigInt64Array.of(2n, 2n) }],
    nodes: [{ op: "Reshape", inputs: ["x", "shape"], outputs: ["y"] }],
  };
  const three: Tensor = { name: "x", type: "float32", dims: [3], data: new Float32Array(3) };
  await withSession(reshape, async (session) => {
    const message = await refused(() => session.run([three]), "failed_precondition");
    assert.match(message, /^it cannot run: .*Reshape/);
  });
});
