import assert from "node:assert/strict";
import { EDGE_HEADER_MAX, edgeHeaderOf, edgeNameOf, edgeSaidOf, isEdgeName } from "./http_edge.ts";

const frames = { captured: 10, local: 4, cloud: 3, filtered: 1, dropped: 1, failed: 0 };

Deno.test("what an edge says is what is read", () => {
  const cases = [
    { name: "gate" },
    { name: "gate-1.yard_2", version: "0.1.0", frames },
    { name: "Tür", source: "車道.1" },
    { name: "門".repeat(48), source: "道" },
    { name: "7", source: "_con" },
  ];
  for (const said of cases) {
    const header = edgeHeaderOf(said);
    assert.ok(header.length <= EDGE_HEADER_MAX, `${header.length}`);
    assert.match(header, /^[\x20-\x7e]+$/, "a header is ASCII");
    assert.deepEqual(edgeSaidOf(header), said);
  }
});

Deno.test("a name that takes all the room leaves none for its source's", () => {
  const name = "門".repeat(48);
  assert.deepEqual(edgeSaidOf(edgeHeaderOf({ name, source: "道".repeat(64) })), { name });
});

Deno.test("a name that no edge may have is none", () => {
  const hostile = [
    ...["", " ", ";", "=", "%", "%zz", "-gate", ".gate", "a b", "a/b", "a,b", "a\x00", "a%00b"],
    ...["%3Cscript%3E", "<b>", "a%0d%0ax:y", "a%E2%80%AEb", "a%E2%80%8Bb", "a".repeat(49)],
    ...[`a; source=${"b".repeat(EDGE_HEADER_MAX)}`, "%ff", "'a'", '"a"', "__proto__", "a\u{202e}"],
  ];
  for (const value of hostile) assert.equal(edgeSaidOf(value), undefined, JSON.stringify(value));
});

Deno.test("what else cannot be is left out, and the name stays", () => {
  const counts = (over: Record<string, string>) =>
    Object.entries({ ...frames, ...over }).map(([key, value]) => `; ${key}=${value}`).join("");
  const more = [
    ...["", ";", "; =", "; x=y", "; version=", "; version=<b>", `; version=${"1".repeat(33)}`],
    ...["; source=", "; source=a%2Fb", "; source=%3Cb%3E", `; source=${"b".repeat(65)}`],
    ...["; captured=1", counts({ captured: "-1" }), counts({ captured: "1e3" })],
    ...[counts({ captured: "5" }), counts({ cloud: "9".repeat(16) }), counts({ local: "0x1" })],
    "; __proto__=1; name=other; constructor=2",
  ];
  for (const part of more) assert.deepEqual(edgeSaidOf(`gate${part}`), { name: "gate" }, part);
});

Deno.test("any host's name becomes one", () => {
  const cases = [
    ["yard-pi", "yard-pi"],
    ["Anna's Mac", "Anna_s_Mac"],
    ["-._x", "x"],
    ["", "edge"],
    ["___", "edge"],
    ["h".repeat(99), "h".repeat(48)],
  ] as const;
  for (const [text, name] of cases) {
    assert.equal(edgeNameOf(text), name);
    assert.ok(isEdgeName(name));
  }
});
