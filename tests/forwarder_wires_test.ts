/** What others speak to a forwarder: the original's edge, and NVRs. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Detection } from "../core/detection.ts";
import { JPEG, sanitized, world } from "./fakes/forwarder_world.ts";
import { pngHeader } from "./fakes/image_headers.ts";

const detection = (label: string, score: number, box: Detection["box"]): Detection => ({
  label,
  class_id: 0,
  score,
  box,
});

/** A form as its sender writes it: with or without file names and types. */
function form(parts: Readonly<Record<string, [head: string, body: Uint8Array | string]>>) {
  const pieces = Object.entries(parts).flatMap(([name, [head, body]]) => [
    Buffer.from(`--x\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n`),
    Buffer.from(body),
    Buffer.from("\r\n"),
  ]);
  const body = new Uint8Array(Buffer.concat([...pieces, Buffer.from("--x--\r\n")]));
  return { method: "POST", body, headers: { "content-type": "multipart/form-data; boundary=x" } };
}

Deno.test("an NVR is told what is in a picture, as DeepStack tells it", sanitized, async () => {
  await world(1, {}, async ({ base, servers: [server] }) => {
    server!.script.findings = {
      detections: [
        detection("car", 0.5, [1.4, 2.6, 30.2, 40.5]),
        detection("person", 0.9, [-3, 0, 99, 48]),
      ],
    };
    const asked: (number | undefined)[] = [];
    server!.script.infer = ({ scoreThreshold }) => {
      asked.push(scoreThreshold);
      return "ok";
    };
    const heads = [
      '; filename="image"',
      '; filename="a.jpg"\r\nContent-Type: image/jpeg',
      "",
      "\r\nContent-Type: application/octet-stream",
    ];
    for (const path of ["detection", "custom/m"]) {
      for (const head of heads) {
        const sent = form({ api_key: ["", "secret"], image: [head, JPEG] });
        const response = await fetch(`${base}/v1/vision/${path}`, sent);
        assert.equal(response.status, 200);
        const { processMs, ...answer } = await response.json();
        assert.ok(Number.isInteger(processMs) && processMs >= 0 && processMs < 5000);
        assert.deepEqual(answer, {
          success: true,
          code: 200,
          message: "Found person, car",
          predictions: [
            { label: "person", confidence: 0.9, x_min: 0, y_min: 0, x_max: 64, y_max: 48 },
            { label: "car", confidence: 0.5, x_min: 1, y_min: 3, x_max: 30, y_max: 41 },
          ].map((one) => ({ ...one, confidence: Math.fround(one.confidence) })),
          count: 2,
          inferenceMs: 5,
          duration: 0,
        });
      }
    }
    const sure = form({ min_confidence: ["", "0.75"], image: ["", JPEG] });
    await (await fetch(`${base}/v1/vision/detection`, sure)).body?.cancel();
    const wanted = [...new Array(8).fill(Math.fround(0.4)), 0.75];
    assert.deepEqual(asked.map((share) => Math.fround(share!)), wanted);
    server!.script.findings = { detections: [] };
    const nothing = await fetch(`${base}/v1/vision/detection`, form({ image: ["", JPEG] }));
    const { message, predictions } = await nothing.json();
    assert.deepEqual([message, predictions], ["No objects found", []]);
  });
});

Deno.test("an NVR is told what is wrong, as DeepStack tells it", sanitized, async () => {
  await world(1, {}, async ({ base, servers: [server] }) => {
    const refused: [status: number, error: RegExp, path: string, sent: RequestInit][] = [
      [400, /JPEG, PNG or WebP file is wanted/, "detection", form({ image: ["", "no image"] })],
      [400, /the form has x, a file called "image"/, "detection", form({ x: ["", JPEG] })],
      [
        400,
        /min_confidence is "much", a number from 0 to 1/,
        "detection",
        form({
          min_confidence: ["", "much"],
          image: ["", JPEG],
        }),
      ],
      [400, /Cannot read the form/, "detection", { ...form({}), body: "--y" }],
      [404, /no server has that model/, "custom/nope", form({ image: ["", JPEG] })],
      [413, /10000×6000 pixels/, "detection", form({ image: ["", pngHeader(10_000, 6000)] })],
      [415, /content type is "image\/jpeg", multipart/, "detection", {
        method: "POST",
        body: JPEG,
        headers: { "content-type": "image/jpeg" },
      }],
    ];
    for (const [status, error, path, sent] of refused) {
      const response = await fetch(`${base}/v1/vision/${path}`, sent);
      assert.equal(response.status, status);
      const answer = await response.json();
      assert.deepEqual([answer.success, answer.code], [false, status]);
      assert.match(answer.error, error);
    }
    assert.equal(server!.received.length, 0);
    const wrong = await fetch(`${base}/v1/vision/detection`);
    assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "POST"]);
    await wrong.body?.cancel();
  });
});

Deno.test(
  "an NVR is told which models there are, and that somebody is there",
  sanitized,
  async () => {
    await world(2, {}, async ({ base, servers }) => {
      for (const method of ["GET", "POST"]) {
        const list = await fetch(`${base}/v1/vision/custom/list`, { method });
        assert.deepEqual(await list.json(), { success: true, models: ["m"], count: 1 });
      }
      const ping = await fetch(`${base}/v1/status/ping`);
      assert.deepEqual(await ping.json(), { success: true });
      const metrics = await (await fetch(`${base}/metrics`)).text();
      assert.doesNotMatch(metrics, /wire="deepstack"/);
      await (await fetch(`${base}/v1/vision/detection`, form({ image: ["", JPEG] }))).body
        ?.cancel();
      const counted = await (await fetch(`${base}/metrics`)).text();
      assert.match(counted, /requests_total\{wire="deepstack",status="200",model="m"\} 1/);
      assert.equal(servers.reduce((sum, { received }) => sum + received.length, 0), 1);
    });
  },
);

Deno.test(
  "an NVR's model is the one that is set, else the most accurate detector",
  sanitized,
  async () => {
    await world(1, { detectionModel: "other" }, async ({ base }) => {
      const response = await fetch(`${base}/v1/vision/detection`, form({ image: ["", JPEG] }));
      assert.equal(response.status, 404);
      assert.match((await response.json()).error, /"other": no server has that model/);
    });
  },
);

/** What the original's edge sends. */
const original = (fields: Record<string, string>) => ({
  method: "POST",
  body: new URLSearchParams(fields),
});

const FRAME = { selected_model: "m", frame_shape: "(48, 64, 3)" };

Deno.test("the original's edge gets its frame back with boxes on it", sanitized, async () => {
  await world(1, {}, async ({ base, servers: [server] }) => {
    const bgr = Buffer.alloc(48 * 64 * 3);
    for (let at = 0; at < bgr.length; at += 3) bgr[at] = 200; // blue
    const frame = bgr.toString("base64");
    let sent: Uint8Array | undefined;
    server!.script.infer = ({ raw }) => {
      sent = raw?.rgb as Uint8Array | undefined;
      return "ok";
    };
    const infer = async () => {
      const response = await fetch(`${base}/image_handler`, original({ ...FRAME, frame }));
      assert.equal(response.status, 200);
      return await response.json();
    };
    const empty = await infer();
    assert.deepEqual([...sent!.subarray(0, 3)], [0, 0, 200], "red, green, blue");
    assert.deepEqual(Object.keys(empty), ["frame_shape", "result", "process_time"]);
    assert.equal(empty.frame_shape, FRAME.frame_shape);
    server!.script.findings = { detections: [detection("car", 0.5, [8, 8, 56, 40])] };
    const drawn = Buffer.from((await infer()).result, "base64");
    assert.equal(drawn.length, bgr.length);
    const plain = Buffer.from(empty.result, "base64"); // has the caption, and no box
    const changed = (x: number, y: number) =>
      !drawn.subarray(3 * (64 * y + x), 3 * (64 * y + x) + 3)
        .equals(plain.subarray(3 * (64 * y + x), 3 * (64 * y + x) + 3));
    assert.ok(changed(8, 24) && changed(55, 24), "the box's sides");
    assert.ok(!changed(50, 30), "not what is in it");
    server!.script.findings = { classifications: [{ label: "tabby", class_id: 1, score: 0.7 }] };
    const { prediction, process_time, ...rest } = await infer();
    assert.deepEqual([prediction, rest], ["tabby", {}]);
    assert.ok(process_time > 0 && process_time < 5);
  });
});

Deno.test("what is wrong with an original's frame is said", sanitized, async () => {
  await world(1, {}, async ({ base, refused }) => {
    const cases: [number, string, RegExp, Record<string, string>][] = [
      [400, "invalid_argument", /frame_shape, frame is missing/, { selected_model: "m" }],
      [400, "invalid_argument", /12 bytes were sent as base64/, {
        ...FRAME,
        frame: "AAAAAAAAAAAAAAAA",
      }],
      [400, "invalid_argument", /shape is "48x64"/, {
        ...FRAME,
        frame_shape: "48x64",
        frame: "AA",
      }],
      [404, "not_found", /"nope"/, { ...FRAME, selected_model: "nope", frame: "AA" }],
      [413, "payload_too_large", /9000×9000/, {
        ...FRAME,
        frame_shape: "(9000, 9000, 3)",
        frame: "AA",
      }],
    ];
    const many = await fetch(`${base}/image_handler`, {
      method: "POST",
      body: new URLSearchParams("a&".repeat(300_000)),
    });
    assert.match(await refused(many, 400, "invalid_argument"), /more than 16 fields/);
    for (const [status, code, detail, fields] of cases) {
      const response = await fetch(`${base}/image_handler`, original(fields));
      assert.match(await refused(response, status, code), detail);
    }
  });
});
