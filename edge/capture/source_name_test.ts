import assert from "node:assert/strict";
import { nameForSource, schemeOf, type SourceKind, sourceKind } from "./source_name.ts";

const KINDS: readonly [name: string, kind: SourceKind][] = [
  ["synthetic:", "street"],
  ["synthetic:?frames=3", "street"],
  ["0", "camera"],
  ["12", "camera"],
  ["rtsp://viewer:secret@192.0.2.1/1", "url"],
  ["HTTPS://host/a.m3u8", "url"],
  ["ftp://host/a.mp4", "url"],
  ["video.mp4", "path"],
  ["12.mp4", "path"],
  ["./synthetic:", "path"],
  ["C:\\videos\\a.mp4", "path"],
  ["c://videos/a.mp4", "path"],
  ["folder/with:colon", "path"],
];

for (const [name, kind] of KINDS) {
  Deno.test(`"${name}" is a ${kind}`, () => assert.equal(sourceKind(name), kind));
}

Deno.test("a scheme is told in lower case", () => {
  assert.equal(schemeOf("RTSPS://host/1"), "rtsps");
  assert.equal(schemeOf("video.mp4"), undefined);
});

Deno.test("what is read has a name that a directory may have, without its password", () => {
  const names = ["0", "-", "synthetic:?frames=3", "clips/street one.mp4", "clips/*.jpg", ".."];
  assert.deepEqual(names.map(nameForSource), [
    ...["camera_0", "stdin", "street", "street_one", "source", "source"],
  ]);
  assert.equal(nameForSource("rtsp://viewer:secret@192.0.2.1:554/1"), "192.0.2.1");
  assert.equal(nameForSource("rtsp://viewer:se@cret@192.0.2.1:554/1"), "stream");
  assert.equal(nameForSource("a".repeat(100)).length, 64);
});
