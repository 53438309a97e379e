import assert from "node:assert/strict";
import { Folder } from "../../tests/fakes/folder.ts";
import {
  changeFile,
  hasSection,
  sectionText,
  withoutZone,
  withZone,
  withZoneNamed,
} from "./config_file.ts";

const AREA = { polygon: "0,0 1,0 1,1", line: undefined, classes: "car", dwell: undefined };

const FILE = `\ufeff; the yard, since 2024
[edge-setting]
source = rtsp://me:pass;word#1@host/1 ; no comment

# gates
[zone:gate] ; the old one
; corners, measured by hand
Polygon=0,0 0.5,0 0.5,0.5
  CLASSES  =  car, person
; its end
[ zone : yard ]
line = 0.1,0.1 0.9,0.9
anchor = center

; what follows
[source:door]
zones = gate , yard
note: = [zone:none]
`;

Deno.test("a zone is changed where it stands, and every other byte stays", () => {
  const changed = withZone(FILE, "gate", AREA);
  assert.equal(
    changed,
    FILE.replace("Polygon=0,0 0.5,0 0.5,0.5", "Polygon=0,0 1,0 1,1")
      .replace("  CLASSES  =  car, person", "  CLASSES  =  car"),
  );
  assert.equal(withZone(changed, "gate", AREA), changed, "twice is once");
  const other = withZone(FILE, "yard", {
    line: undefined,
    polygon: "0,0 1,0 1,1",
    anchor: undefined,
  });
  assert.equal(
    other,
    FILE.replace("line = 0.1,0.1 0.9,0.9\nanchor = center\n", "polygon = 0,0 1,0 1,1\n"),
  );
});

Deno.test("a zone is taken away, and its comments stay", () => {
  assert.equal(
    withoutZone(FILE, "gate"),
    FILE.replace("[zone:gate] ; the old one\n", "")
      .replace("Polygon=0,0 0.5,0 0.5,0.5\n  CLASSES  =  car, person\n", ""),
  );
  assert.equal(withoutZone(FILE, "none"), FILE);
});

Deno.test("a new zone stands at the end, in lines as the file has them", () => {
  const section = "[zone:new]\npolygon = 0,0 1,0 1,1\nclasses = car\n";
  const crlf = (text: string) => text.replaceAll("\n", "\r\n");
  const cases: [text: string, wanted: string][] = [
    ["", section],
    ["[ui]\nfps = 3\n", `[ui]\nfps = 3\n\n${section}`],
    ["[ui]\nfps = 3", `[ui]\nfps = 3\n\n${section}`],
    [crlf("; a\n[ui]\n"), crlf(`; a\n[ui]\n\n${section}`)],
    ["; [zone:new]\n", `; [zone:new]\n\n${section}`],
    ["[ui]\rfps = 3\r", `[ui]\rfps = 3\r\r${section.replaceAll("\n", "\r")}`],
    ["\ufeff[ui]\n", `\ufeff[ui]\n\n${section}`],
  ];
  for (const [text, wanted] of cases) {
    assert.equal(withZone(text, "new", AREA), wanted);
    assert.equal(withoutZone(wanted, "new").trim(), text.trim(), "and goes again");
  }
  assert.equal(sectionText("new", AREA), section);
});

Deno.test("the last line of a section may be the last of the file", () => {
  const text = "[zone:gate]\r\npolygon = 0,0 1,0 1,1";
  assert.equal(
    withZone(text, "gate", { ...AREA, dwell: "2" }),
    `${text}\r\nclasses = car\r\ndwell = 2\r\n`,
  );
  assert.equal(
    withZone("[zone:gate]", "gate", { line: "0,0 1,1" }),
    "[zone:gate]\nline = 0,0 1,1\n",
  );
});

Deno.test("a source that names its zones names this one, too, or not any more", () => {
  assert.equal(
    withZoneNamed(FILE, "new", "door"),
    FILE.replace("zones = gate , yard", "zones = gate, yard, new"),
  );
  assert.equal(withZoneNamed(FILE, "new", "other"), FILE);
  assert.equal(withZoneNamed(FILE, "gate", "door"), FILE);
  assert.equal(withZoneNamed(FILE, "gate"), FILE.replace("zones = gate , yard", "zones = yard"));
  const only = "[source:door]\nzones = gate\n";
  assert.throws(() => withZoneNamed(only, "gate"), /names no other zone/);
  const ruled = "[rule:night]\nzone = yard, gate\n";
  assert.throws(() => withZoneNamed(ruled, "gate"), /\[rule:night\] names it/);
  assert.equal(withZoneNamed(ruled, "other"), ruled);
  assert.equal(hasSection(FILE, "source:door"), true);
  assert.equal(hasSection(FILE, "zone:none"), false);
});

Deno.test("a file is whole at every moment, keeps its mode, and a link stays one", async () => {
  await using folder = new Folder();
  const path = folder.write("site.ini", "[ui]\n");
  Deno.chmodSync(path, 0o640);
  Deno.symlinkSync(path, folder.file("link.ini"));
  await changeFile(folder.file("link.ini"), (text) => `${text}fps = 3\n`);
  assert.equal(Deno.readTextFileSync(path), "[ui]\nfps = 3\n");
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o640);
  assert.equal(Deno.lstatSync(folder.file("link.ini")).isSymlink, true);
  assert.deepEqual(folder.names().sort(), ["link.ini", "site.ini"]);
  const refused = async (change: () => Promise<void>, why: RegExp) =>
    await assert.rejects(change(), why);
  await refused(
    () => changeFile(folder.file("none.ini"), (text) => text),
    /Cannot change the file/,
  );
  Deno.writeFileSync(folder.file("latin.ini"), new Uint8Array([0xe4, 10]));
  await refused(() => changeFile(folder.file("latin.ini"), (text) => text + "x"), /Cannot change/);
  assert.deepEqual([...Deno.readFileSync(folder.file("latin.ini"))], [0xe4, 10]);
});
