import assert from "node:assert/strict";
import protobuf from "protobufjs";
import { SmarteyeError } from "../core/errors.ts";
import { pickIndex, seededRng } from "../core/rng.ts";
import { assertPlain, type MessageShape } from "./message_scan.ts";

const Outer = protobuf.parse(`
  syntax = "proto3";
  message Inner { string name = 1; repeated int64 longs = 2; repeated bool flags = 3; }
  message Outer {
    repeated Inner inners = 1;
    repeated float floats = 2;
    bytes data = 3;
    double one = 4;
    bool is = 5;
  }`).root.lookupType("Outer");

const inner: MessageShape = {
  1: { kind: "bytes" },
  2: { kind: "varint64", max: 5 },
  3: { kind: "varint32", max: 4 },
};

const outer: MessageShape = {
  1: { kind: inner, max: 3 },
  2: { kind: "fixed32", max: 6 },
  3: { kind: "bytes" },
  4: { kind: "fixed64", isOne: true },
  5: { kind: "varint32", isOne: true },
};

const encoded = (message: object) => Outer.encode(Outer.fromObject(message)).finish();

/** How a look ends: with nothing to say, or with what is refused. */
function looked(bytes: Uint8Array): string {
  try {
    assertPlain(bytes, outer);
    return "plain";
  } catch (error) {
    assert.ok(error instanceof SmarteyeError, String(error));
    return error.code;
  }
}

const MESSAGE = {
  inners: [{ name: "a", longs: [1, -1, 300], flags: [true, false] }, { name: "" }],
  floats: [1, 2.5],
  data: new Uint8Array(300),
  one: 0.25,
  is: true,
};

Deno.test("what an encoder writes is plain, up to what is allowed of each", () => {
  assert.equal(looked(encoded({})), "plain");
  assert.equal(looked(encoded(MESSAGE)), "plain");
  const cases: [message: object, ends: string][] = [
    [{ inners: [{}, {}, {}] }, "plain"],
    [{ inners: [{}, {}, {}, {}] }, "payload_too_large"],
    [{ floats: new Array(6).fill(1) }, "plain"],
    [{ floats: new Array(7).fill(1) }, "payload_too_large"],
    [{ inners: [{ longs: [1, 2, 3] }, { longs: [1, 2] }] }, "plain"],
    [{ inners: [{ longs: [1, 2, 3] }, { longs: [1, 2, 3] }] }, "payload_too_large"],
  ];
  for (const [message, ends] of cases) assert.equal(looked(encoded(message)), ends);
});

Deno.test("what no encoder writes is refused", () => {
  const cases: [what: string, bytes: number[]][] = [
    ["a length beyond the end", [0x1a, 5, 1]],
    ["a field that is cut", [0x21, 0, 0]],
    ["a tag that does not end", [0x80]],
    ["a number that does not end", [0x28, ...new Array(11).fill(0x80), 1]],
    ["a tag of six bytes", [0x9a, 0x80, 0x80, 0x80, 0x80, 0, 0]],
    ["a tag over 32 bits", [0x9a, 0x80, 0x80, 0x80, 0x7f, 0]],
    ["a group", [0x0b, 0x0c]],
    ["an unknown wire type", [0x0f]],
    ["a message as a number", [0x08, 0]],
    ["bytes as a number", [0x18, 0]],
    ["one value as many", [0x2a, 1, 1]],
    ["a value that goes beyond its message", [0x0a, 3, 0x0a, 9, 0, ...new Array(9).fill(0)]],
    ["packed values that go beyond their end", [0x0a, 3, 0x12, 1, 0x80, 0x01]],
    ["packed fractions that are cut", [0x12, 5, 0, 0, 0, 0, 0]],
    [
      "a number of seven bytes, which protobufjs takes for ten",
      [0x28, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
    ],
  ];
  for (const [what, bytes] of cases) {
    assert.equal(looked(new Uint8Array(bytes)), "invalid_argument", what);
  }
  assert.equal(
    looked(new Uint8Array([0x7a, 2, 1, 2, 0x78, 5])),
    "plain",
    "unknown fields are left",
  );
});

Deno.test("what is plain is decoded, and to no more than was counted", () => {
  const rng = seededRng(7);
  const ends = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const bytes = encoded(MESSAGE).slice();
    for (let left = 1 + pickIndex(rng, 4); left > 0; left--) {
      bytes[pickIndex(rng, Math.min(bytes.length, 40))] = pickIndex(rng, 256);
    }
    const end = looked(bytes);
    ends.set(end, (ends.get(end) ?? 0) + 1);
    if (end !== "plain") continue;
    const { inners, floats } = Outer.decode(bytes) as unknown as {
      inners: { longs: unknown[]; flags: unknown[] }[];
      floats: unknown[];
    };
    const sum = (of: "longs" | "flags") => inners.reduce((total, one) => total + one[of].length, 0);
    assert.ok(inners.length <= 3 && floats.length <= 6, `${bytes}`);
    assert.ok(sum("longs") <= 5 && sum("flags") <= 4, `${bytes}`);
  }
  assert.ok(ends.get("plain")! > 1000 && ends.get("invalid_argument")! > 1000, `${[...ends]}`);
});
