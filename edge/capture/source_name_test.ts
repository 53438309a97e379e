import assert from "node:assert/strict";
import { nameForSource, schemeOf, type SourceKind, sourceKind } from "./source_name.ts";

const KINDS: readonly [name: string, kind: SourceKind][] = [
  ["synthetic:", "street"],
  ["synthetic:?frames=3", "street"],
  ["0", "camera"],
  ["12", "camera"],
  ["-", "stdin"],
  ["--", "path"],
  ["rtsp://viewer:secret@192.0.2.1/1", "url"],
  ["rtsp://viewer:s*[?@192.0.2.1/1", "url"],
  ["HTTPS://host/a.m3u8", "url"],
  ["ftp://host/a.mp4", "url"],
  ["video.mp4", "path"],
  ["12.mp4", "path"],
  ["./synthetic:", "path"],
  ["./-", "path"],
  ["C:\\videos\\a.mp4", "path"],
  ["c://videos/a.mp4", "path"],
  ["folder/with:colon", "path"],
  ["frames/*.jpg", "glob"],
  ["frames/0?.jpg", "glob"],
  ["frames/[ab].jpg", "glob"],
  ["C:\\videos\\*.mp4", "glob"],
];

for (const [name, kind] of KINDS) {
  Deno.test(`"${name}" is a ${kind}`, () => assert.equal(sourceKind(name), kind));
}

Deno.test("a file that is there is no pattern, whatever it is called", () => {
  const exists = (path: string) => path === "clip[1].mp4";
  assert.equal(sourceKind("clip[1].mp4", exists), "path");
  assert.equal(sourceKind("clip[2].mp4", exists), "glob");
});

Deno.test("a scheme is told in lower case", () => {
  assert.equal(schemeOf("RTSPS://host/1"), "rtsps");
  assert.equal(schemeOf("video.mp4"), undefined);
});

const NAMES: readonly [source: string, name: string][] = [
  ["/x/car-detection.mp4", "car-detection"],
  ["car detection.mp4", "car_detection"],
  ["frames/", "frames"],
  ["frames/.", "frames"],
  ["../..", "source"],
  [".", "source"],
  ["", "source"],
  ["/", "source"],
  ["/x/.hidden.mp4", "hidden"],
  ["/x/.mp4", "mp4"],
  ["v1.2", "v1.2"],
  ["a.h264", "a"],
  ["C:\\videos\\street one.MP4", "street_one"],
  ["/dev/video0", "video0"],
  ["frames/*.jpg", "frames"],
  ["frames/cam1-*.jpg", "cam1"],
  ["clip[1].mp4", "clip_1"],
  ["*", "source"],
  ["con.mp4", "_con"],
  ["NUL", "_NUL"],
  ["straße/größe.mp4", "größe"],
  ["x\u0000\n/..\\../\u202e.mp4", "x"],
  ["0", "camera0"],
  ["-", "stdin"],
  ["synthetic:?frames=3", "street"],
  ["rtsp://host", "host"],
  ["rtsp://host/", "host"],
  ["rtsp://viewer:secret@host:554/1", "host_1"],
  ["rtsp://viewer:p@ss:w/rd#1@192.0.2.1:554/live/main/", "192.0.2.1_live_main"],
  ["rtsp://viewer:p@ss/secret@host/cam", "rtsp"],
  ["http://host/cam?user=me&pwd=secret#secret", "host_cam"],
  [
    "rtsp://host:554/user=admin_password=secret_channel=1.sdp",
    "host_user_admin_password__channel_1.sdp",
  ],
  ["rtsp://[fe80::1%eth0]:554/a", "fe80_1_eth0_a"],
  ["http://:secret@/x", "http"],
  ["http://h ost/secret", "http"],
];

for (const [source, name] of NAMES) {
  Deno.test(`${JSON.stringify(source)} is called ${name}`, () => {
    assert.equal(nameForSource(source), name);
  });
}

Deno.test("a name has at most 64 characters, none of them half", () => {
  assert.equal(nameForSource("a".repeat(100)).length, 64);
  assert.equal(nameForSource(`1${"9".repeat(100)}`).length, 64);
  const name = nameForSource(`${"a".repeat(63)}\u{20000}b`);
  assert.equal(name, "a".repeat(63));
});
