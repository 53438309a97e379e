/** Servers of the Open Inference Protocol that answer nonsense, too much, or nothing; and images that are none. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { systemClock } from "../core/clock.ts";
import type { ErrorCode } from "../core/errors.ts";
import { PixelPicture } from "../core/image.ts";
import type { InferReply, SentImage } from "../core/infer.ts";
import { type OpenEnding, ROWS, rowsReply, startOpenServer } from "./fakes/open_server.ts";
import { plain } from "./fakes/pictures.ts";
import { CAR, limitsOf, OtherBackend, RAW, SIZE, withRows } from "./rigs/other_backend.ts";

/** A picture that no code makes small. */
function noise(width: number, height: number) {
  const picture = plain(width, height);
  picture.data.forEach((_, i) => picture.data[i] = i * i * 31 % 251);
  return picture;
}

/** A file of which the rest did not come. */
const HALF = (await new PixelPicture(noise(64, 48)).jpeg(SIZE, 90)).subarray(0, 1000);

const HUGE = 70 * 1024 * 1024;

/** Answers to a network of rows that are none. */
const HOSTILE:
  readonly (readonly [what: string, answer: (id: string) => OpenEnding, why: RegExp])[] = [
    [
      "no output",
      (id) => rowsReply({ id, outputs: [], rawOutputContents: [] }),
      /without the output "rows"/,
    ],
    [
      "another shape",
      (id) => rowsReply({ id, outputs: [{ name: "rows", datatype: "FP32", shape: [2, 6] }] }),
      /rows is \[2, 6\], \[1, 2, 6\] is what it says/,
    ],
    [
      "a shape of more than came",
      (id) => rowsReply({ id, outputs: [{ name: "rows", datatype: "FP32", shape: [1, 200, 6] }] }),
      /came with 48 bytes, 4800 are wanted/,
    ],
    [
      "a shape beyond numbers",
      (id) =>
        rowsReply({
          id,
          outputs: [{ name: "rows", datatype: "FP32", shape: ["4294967296", "4294967296"] }],
        }),
      /its shape is \[4294967296, 4294967296\], whole numbers from 0 are wanted/,
    ],
    [
      "a negative shape",
      (id) => rowsReply({ id, outputs: [{ name: "rows", datatype: "FP32", shape: [-1, 2, 6] }] }),
      /whole numbers from 0 are wanted/,
    ],
    [
      "NaN",
      (id) => rowsReply({ id }, new Float32Array(12).fill(NaN)),
      /its output rows holds NaN/,
    ],
    [
      "strings",
      (id) => rowsReply({ id, outputs: [{ name: "rows", datatype: "BYTES", shape: [1] }] }),
      /its output rows is BYTES, numbers are wanted/,
    ],
    [
      "a million strings",
      (id) => rowsReply({ id, outputs: [{ name: "rows", datatype: "BYTES", shape: [1_000_000] }] }),
      /has 1000000 strings, at most 30000/,
    ],
    [
      "a type that nobody knows",
      (id) => rowsReply({ id, outputs: [{ name: "rows", datatype: "FP8", shape: [48] }] }),
      /its datatype is "FP8"/,
    ],
    ["the answer of another", () => rowsReply({ id: "another" }), /it is about another, not \d+/],
    ["no message at all", () => Buffer.from("HTTP/1.1 200 OK"), /Cannot read the message/],
    [
      "a million empty outputs",
      () => Buffer.from("2a00".repeat(1_000_000), "hex"),
      /it has more than 256 of something/,
    ],
    [
      "more bytes than a message may have",
      (id) => rowsReply({ id, rawOutputContents: [Buffer.alloc(HUGE)] }),
      /larger than max/,
    ],
  ];

Deno.test("hostile answers are refused with what was found, and the next frame is inferred", async () => {
  await withRows(async (server, { backend, pictures }) => {
    for (const [what, answer, why] of HOSTILE) {
      server.script.infer = ({ id }) => answer(id);
      const asked = backend.infer({ model: "m" }, RAW, limitsOf());
      await assert.rejects(asked, { code: "failed_precondition", message: why }, what);
    }
    server.script.infer = () => "ok";
    const { findings } = await backend.infer({ model: "m" }, RAW, limitsOf()) as InferReply;
    assert.deepEqual(findings, { detections: [CAR] });
    assert.equal(pictures.started, 1);
  });
});

Deno.test("scores beyond all bounds and boxes that are none lose no frame", async () => {
  await withRows(async (server, { backend }) => {
    const rows = Float32Array.of(4, 8, 20, 24, 0.9, 1, Infinity, 8, 20, 24, 0.8, 1);
    server.script.infer = ({ id }) => rowsReply({ id }, rows);
    const { findings } = await backend.infer({ model: "m" }, RAW, limitsOf()) as InferReply;
    assert.deepEqual(findings, { detections: [CAR] });
  });
});

Deno.test("an image that is none is the sender's fault, and asks no server", async () => {
  await withRows(async (server, { backend }) => {
    const images: [image: SentImage, code: ErrorCode][] = [
      [{ kind: "encoded", bytes: new Uint8Array(100) }, "invalid_argument"],
      [{ kind: "encoded", bytes: new Uint8Array() }, "invalid_argument"],
      [{
        kind: "encoded",
        bytes: HALF,
      }, "invalid_argument"],
      [{
        kind: "encoded",
        bytes: await new PixelPicture(plain(200, 200)).jpeg({ width: 200, height: 200 }, 90),
      }, "payload_too_large"],
    ];
    for (const [image, code] of images) {
      await assert.rejects(backend.infer({ model: "m" }, image, limitsOf()), { code });
    }
    assert.equal(server.calls["ModelInfer"], undefined);
  });
});

Deno.test("a server that dies in the middle of an answer is unavailable", async () => {
  const server = await startOpenServer();
  await using other = await OtherBackend.open(`oip://${server.address}`, [ROWS]);
  server.script.infer = () => {
    server.kill();
    return new Promise<never>(() => {});
  };
  await assert.rejects(other.backend.infer({ model: "m" }, RAW, limitsOf()), {
    code: "unavailable",
  });
  await assert.rejects(other.backend.status(limitsOf()), { code: "unavailable" });
  await systemClock.sleep(0);
});
