import assert from "node:assert/strict";
import { isSmarteyeError } from "../core/errors.ts";
import { Form } from "./form.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const part = (head: string, body: string) =>
  `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
const form = (text: string, boundary = "x") =>
  Form.parse(`multipart/form-data; boundary=${boundary}`, bytes(text));

Deno.test("parts are told by name, with their types and bytes, files or not", () => {
  const read = form(
    "what stands before is left aside\r\n" +
      part('name="model"', "m") +
      part('name="image"; filename="a.jpg"\r\nContent-Type: image/jpeg', "\r\n--y\r\n") +
      part('name="empty"', "") +
      part('name="model"', "another") +
      "--x--\r\nand after",
  );
  assert.deepEqual(read.textsBut("image"), { model: "m", empty: "" });
  assert.equal(read.image.type, "image/jpeg");
  assert.deepEqual([...read.image.bytes], [...bytes("\r\n--y\r\n")]);
});

Deno.test("what browsers and libraries write themselves is read", async () => {
  const data = new FormData();
  const image = new Uint8Array(1000).map((_, i) => i % 256);
  data.set("image", new File([image], 'ä "quoted".jpg', { type: "image/jpeg" }));
  data.set("ünïcode", "größer");
  const response = new Response(data);
  const body = new Uint8Array(await response.arrayBuffer());
  const read = Form.parse(response.headers.get("content-type"), body);
  assert.deepEqual([...read.image.bytes], [...image]);
  assert.equal(Object.values(read.textsBut("image"))[0], "größer");
  assert.equal(form(part('name="image"', "i") + "--x--", '"x"').image.bytes.length, 1);
});

Deno.test("what is no form is refused, and soon, whatever was made to take long", () => {
  const large = (text: string) => text.repeat(Math.ceil(10_000_000 / text.length));
  const a = "a".repeat(70);
  const first = (boundary: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="image"\r\n\r\n`;
  const cases: [what: string, reason: RegExp, text: string, boundary?: string][] = [
    ["nothing", /a boundary is missing/, ""],
    ["no boundary", /a boundary is missing/, large("a")],
    ["no end", /a boundary is missing/, part('name="a"', "b")],
    ["no header", /a part has no header/, "--x\r\nwhat\r\n--x--"],
    ["many parts", /more than 32 parts/, part('name="a"', "").repeat(100_000)],
    ["a long header", /more than 8192 bytes/, part(`name="${"a".repeat(9000)}"`, "") + "--x--"],
    [
      "a header without end",
      /a part has no header|boundary is missing/,
      "--x\r\n" + large("a: b\r\n"),
    ],
    ["a boundary in what is like it", /a boundary is missing/, first(a) + large("a"), a],
    ["nearly boundaries", /a boundary is missing/, first(a) + large(`\r\n--${a.slice(1)}b`), a],
  ];
  for (const [what, reason, text, boundary] of cases) {
    const beganAtMs = performance.now();
    assert.throws(
      () => form(text, boundary),
      (error) => isSmarteyeError(error, "invalid_argument") && reason.test(error.message),
      what,
    );
    const tookMs = performance.now() - beganAtMs;
    assert.ok(tookMs < 700, `${what}: ${tookMs} ms`);
  }
  assert.throws(() => Form.parse("multipart/form-data", bytes("")), /has no boundary/);
  assert.throws(() => Form.parse(null, bytes("")), /has no boundary/);
  assert.throws(() => form(part('name="a"', "b") + "--x--").image, /the form has a, a file called/);
});
