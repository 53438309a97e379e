/** Decoders on tensors whose answer is known, and what every decoder must do. */

import assert from "node:assert/strict";
import type { Box } from "../../core/detection.ts";
import { seededRng } from "../../core/rng.ts";
import { refused } from "../../tests/fakes/refused.ts";
import type { DecoderName } from "../../models/manifest.ts";
import type { DecodeContext, Decoder, OutputTensor } from "./decoder.ts";
import { DECODERS } from "./decoders.ts";

const CONTEXT: DecodeContext = {
  input: { width: 64, height: 32 },
  classes: 3,
  scoreThreshold: 0.25,
};

const tensor = (dims: number[], data = new Float32Array(dims.reduce((a, b) => a * b))) => (
  { name: "output", dims, data } satisfies OutputTensor
);

/** Shape that each family gives for `CONTEXT`. */
const SHAPES: Readonly<Record<DecoderName, number[]>> = {
  fastestdet: [1, 8, 2, 4],
  yolox: [1, 8 * 4 + 4 * 2 + 2 * 1, 8],
};

/** One object in a FastestDet output: the planes of one cell. */
function fastestdet(row: number, column: number, planes: number[]): OutputTensor {
  const output = tensor(SHAPES.fastestdet);
  planes.forEach((value, plane) => output.data[plane * 8 + row * 4 + column] = value);
  return output;
}

/** One object in a YOLOX output: the values of one anchor. */
function yolox(anchor: number, values: number[]): OutputTensor {
  const output = tensor(SHAPES.yolox);
  output.data.set(values, anchor * 8);
  return output;
}

function decoded(decoder: Decoder, output: OutputTensor, context = CONTEXT) {
  return decoder([output], context).map(({ classId, score, box }) => ({
    classId,
    score: Number(score.toFixed(4)),
    box: box.map((side) => Number(side.toFixed(2))),
  }));
}

Deno.test("objects are read where the family puts them", () => {
  const ln = Math.log;
  const half = Math.atanh(0.5);
  const cases: [
    what: string,
    family: DecoderName,
    output: OutputTensor,
    classId: number,
    score: number,
    box: Box,
  ][] = [
    [
      "FastestDet: half a cell right of the cell's corner, a quarter above it",
      "fastestdet",
      fastestdet(1, 2, [0.8, half, Math.atanh(-0.25), 0, 0, 0.1, 0.9, 0.2]),
      1,
      0.8 ** 0.6 * 0.9 ** 0.4,
      [40 - 16, 12 - 8, 40 + 16, 12 + 8],
    ],
    [
      "FastestDet: the centre may lie before the cell",
      "fastestdet",
      fastestdet(1, 2, [1, -half, -half, ln(1 / 3), ln(1 / 3), 0, 0, 1]),
      2,
      1,
      [24 - 8, 8 - 4, 24 + 8, 8 + 4],
    ],
    [
      "YOLOX: stride 8, second row, third column",
      "yolox",
      yolox(8 + 2, [0.5, 0.25, ln(2), ln(1), 0.9, 0.8, 0.1, 0]),
      0,
      0.72,
      [20 - 8, 10 - 4, 20 + 8, 10 + 4],
    ],
    [
      "YOLOX: stride 16, after the 32 cells of stride 8",
      "yolox",
      yolox(32 + 4 + 3, [0, 0, 0, 0, 1, 0, 0.5, 0.4]),
      1,
      0.5,
      [48 - 8, 16 - 8, 48 + 8, 16 + 8],
    ],
    [
      "YOLOX: stride 32, the last anchor",
      "yolox",
      yolox(41, [0, 0.5, 0, ln(0.5), 1, 0, 0, 1]),
      2,
      1,
      [32 - 16, 16 - 8, 32 + 16, 16 + 8],
    ],
  ];
  for (const [what, family, output, classId, score, box] of cases) {
    const wanted = [{ classId, score: Number(score.toFixed(4)), box: [...box] }];
    assert.deepEqual(decoded(DECODERS[family], output), wanted, what);
  }
});

Deno.test("an object below the threshold is left out, be it by objectness or by class", () => {
  const cases: [what: string, family: DecoderName, output: OutputTensor, found: number][] = [
    ["no objectness", "yolox", yolox(0, [0, 0, 0, 0, 0.2, 1, 0, 0]), 0],
    ["no class", "yolox", yolox(0, [0, 0, 0, 0, 1, 0.2, 0.2, 0.2]), 0],
    ["their product", "yolox", yolox(0, [0, 0, 0, 0, 0.49, 0.49, 0, 0]), 0],
    ["just enough", "yolox", yolox(0, [0, 0, 0, 0, 0.5, 0.5, 0, 0]), 1],
    ["no objectness", "fastestdet", fastestdet(0, 0, [0.05, 0, 0, 0, 0, 1, 0, 0]), 0],
    ["no class", "fastestdet", fastestdet(0, 0, [1, 0, 0, 0, 0, 0.01, 0, 0]), 0],
    ["enough", "fastestdet", fastestdet(0, 0, [0.5, 0, 0, 0, 0, 0.5, 0, 0]), 1],
  ];
  for (const [what, family, output, found] of cases) {
    assert.equal(decoded(DECODERS[family], output).length, found, `${family}: ${what}`);
  }
});

for (const [family, decoder] of Object.entries(DECODERS) as [DecoderName, Decoder][]) {
  Deno.test(`${family}: an empty scene has no objects`, () => {
    assert.deepEqual(decoder([tensor(SHAPES[family])], CONTEXT), []);
  });

  Deno.test(`${family}: what is no number is no object`, () => {
    const output = tensor(SHAPES[family]);
    output.data.fill(NaN);
    assert.deepEqual(decoder([output], CONTEXT), []);
  });

  Deno.test(`${family}: a wild output gives only classes that there are and scores above the threshold`, () => {
    const rng = seededRng(5);
    const output = tensor(SHAPES[family]);
    for (let i = 0; i < output.data.length; i++) output.data[i] = rng() * 2 - 0.5;
    const candidates = decoder([output], CONTEXT);
    assert.ok(candidates.length > 0);
    for (const { classId, score } of candidates) {
      assert.ok(classId >= 0 && classId < CONTEXT.classes && score >= CONTEXT.scoreThreshold);
    }
  });

  Deno.test(`${family}: outputs of another family are refused with both shapes`, async () => {
    const shape = SHAPES[family];
    const wanted = `one output [${shape.join(", ")}] is wanted`;
    const others: [outputs: OutputTensor[], found: string][] = [
      [[], "found none"],
      [[tensor([1, 3, 3])], "found output [1, 3, 3]"],
      [[tensor([...shape, 1])], `found output [${shape.join(", ")}, 1]`],
      [[tensor(shape), tensor(shape)], `found output [${shape.join(", ")}], output [`],
    ];
    for (const [outputs, found] of others) {
      const message = await refused(() => decoder(outputs, CONTEXT), "failed_precondition");
      assert.ok(message.includes(found) && message.endsWith(wanted), message);
    }
    const classes = { ...CONTEXT, classes: 80 };
    await refused(() => decoder([tensor(shape)], classes), "failed_precondition");
  });
}
