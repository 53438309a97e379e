/** Every family's decoder beside its published definition in numpy, on the same raw tensors. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Size } from "../../core/frame.ts";
import type { Candidate, OutputTensor } from "../../inference/decode/decoder.ts";
import type { ObjectMask } from "../../inference/decode/mask.ts";
import { familyOf } from "../../inference/decode/families.ts";
import type { DetectorName } from "../../models/manifest.ts";
import { testWhere } from "../fakes/data.ts";
import { pythonHas, runClient } from "../rigs/python_clients.ts";

/** Pixels of the input, and shares. */
const TOLERANCE = 1e-4;

/** Tensors, and what is in them: what `tests/clients/decoders.py` prints. */
interface Drawn {
  readonly family: DetectorName;
  readonly input: Size;
  readonly classes: number;
  readonly threshold: number;
  readonly outputs: readonly {
    readonly name: string;
    readonly dims: readonly number[];
    readonly data: string;
  }[];
  /** Class, score, x1, y1, x2, y2. */
  readonly wanted: readonly (readonly number[])[];
  /** One of each: a byte a pixel of the input, 1 or 0, or 2 where either is right; none without masks. */
  readonly masks: readonly string[];
}

testWhere(
  "SMARTEYE_TEST_PYTHON has numpy",
  pythonHas("numpy"),
  "decoders find what the families' published definitions find in the same tensors",
  async (t) => {
    const all = await runClient("decoders.py") as Readonly<Record<string, Drawn>>;
    assert.ok(Object.keys(all).length >= 23);
    for (const [name, drawn] of Object.entries(all)) {
      await t.step(name, () => assertSame(decoded(drawn), drawn));
    }
  },
);

function decoded({ family: name, input, classes, threshold, outputs }: Drawn): Candidate[] {
  const family = familyOf(name);
  assert.equal(family.service, "detection");
  const tensors = outputs.map(({ name, dims, data }): OutputTensor => ({
    name,
    dims,
    data: new Float32Array(Uint8Array.from(Buffer.from(data, "base64")).buffer),
  }));
  return family.decode(tensors, { input, classes, scoreThreshold: threshold });
}

/** Fails where one is missing, or another is there; their order is nobody's matter. */
function assertSame(found: readonly Candidate[], { wanted, masks, input }: Drawn): void {
  const left = found.map(({ classId, score, box, mask }) => ({
    row: [classId, score, ...box],
    mask: mask?.(),
  }));
  for (const [nth, row] of wanted.entries()) {
    const place = left.findIndex((one) =>
      one.row.every((value, i) => Math.abs(value - row[i]!) <= TOLERANCE)
    );
    const all = left.map(({ row }) => row).join("; ");
    assert.ok(place >= 0, `no ${row} among ${left.length} of ${wanted.length}: ${all}`);
    const [{ mask }] = left.splice(place, 1) as [typeof left[number]];
    assert.equal(mask !== undefined, masks.length > 0);
    if (mask) assertSameMask(mask, Buffer.from(masks[nth]!, "base64"), input);
  }
  assert.deepEqual(left, [], "found beside what the reference finds");
}

function assertSameMask(
  { part, has }: ObjectMask,
  wanted: Uint8Array,
  { width, height }: Size,
): void {
  assert.equal(wanted.length, width * height);
  const [x1, y1, x2, y2] = part;
  for (const [at, value] of wanted.entries()) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const found = x >= x1 && x < x2 && y >= y1 && y < y2 && has(x, y);
    const isRight = value === 2 || found === (value === 1);
    if (!isRight) assert.fail(`pixel ${x}, ${y} of ${part}: ${found}`);
  }
}
