/** Sections `[zone:NAME]`: what each source's zones come to, and all that is wrong. */

import assert from "node:assert/strict";
import { Problems } from "../cli/config/problems.ts";
import { resolveEdge } from "../cli/config/resolve.ts";
import { scan } from "../cli/config/scan.ts";
import { ZONE_KEYS } from "../cli/config/zone_keys.ts";
import { AROUND, configured } from "./fakes/configured.ts";

const FILE = "config/config.ini";

/** What an edge makes of a file, and what is wrong. */
function resolved(text: string, environment: Record<string, string> = {}) {
  const all = configured(text, environment);
  const edge = resolveEdge(all, AROUND);
  const told = all.problems.lines().map((line) => line.replace(`${FILE}:`, ""));
  return { edge, told };
}

const SOURCES = "[source:door]\nfile = 0\n[source:yard]\nfile = 1\n";

const GATE = `[zone:gate]
polygon = 0.1,0.9  0.4 , 0.3; 0.8,0.9 0.1,0.9
classes = person, car
dwell = 2.5
anchor = center
source = yard
`;

Deno.test("a zone has what its section gives, at the sources that it means", () => {
  const { edge, told } = resolved(`${SOURCES}${GATE}[zone:step]\nline = 0,0.5 1,0.5\n`);
  assert.deepEqual(told, []);
  const step = {
    name: "step",
    shape: { kind: "line", from: [0, 0.5], to: [1, 0.5] },
    ...{ classes: [], dwellMs: 0, anchor: "bottom", sources: [] },
  };
  assert.deepEqual(edge.sources.map(({ zones }) => zones), [[step], [{
    name: "gate",
    shape: { kind: "polygon", points: [[0.1, 0.9], [0.4, 0.3], [0.8, 0.9]] },
    ...{ classes: ["person", "car"], dwellMs: 2500, anchor: "center", sources: ["yard"] },
  }, step]]);
});

Deno.test("a source that names its zones has these, in that order", () => {
  const two = "[zone:a]\nline = 0,0 1,1\n[zone:b]\nline = 0,1 1,0\n[zone:c]\nline = 0,1 0,0\n";
  const { edge, told } = resolved(
    `${two}[source:door]\nfile = 0\nzones = c, a\n[source:yard]\nfile = 1\nzones =\n`,
  );
  assert.deepEqual(told, []);
  const names = edge.sources.map(({ zones }) => zones.map(({ name }) => name));
  assert.deepEqual(names, [["c", "a"], ["a", "b", "c"]]);
});

Deno.test("a zone's variables count once its section stands there", () => {
  const { edge } = resolved(`${SOURCES}[zone:north-gate]\npolygon = 0,0 1,0 1,1\n`, {
    SMARTEYE_ZONE_NORTH_GATE_DWELL: "7",
  });
  assert.equal(edge.sources[0]!.zones[0]!.dwellMs, 7000);
});

const POLYGON = "wanted nothing or 3 to 64 points in shares of the frame, 0 to 1, " +
  "such as 0.1,0.9 0.4,0.3 0.8,0.9";
const LINE = "wanted nothing or two points in shares of the frame, 0 to 1, such as 0.2,0.6 0.8,0.6";

for (
  const [text, hint] of [
    ["0.1,0.1 0.5,0.5", "there are 2"],
    [Array.from({ length: 65 }, (_, i) => `0.${i + 10},0.1`).join(" "), "there are 65"],
    ["0.1,0.1 0.5 0.5,0.1", "0.5 is no point"],
    ["0.1,0.1,0.2 0.5,0.1 0.5,0.5", "0.1,0.1,0.2 is no point"],
    ["0.1,0.1 half,0.1 0.5,0.5", "half,0.1 is no point"],
    [
      "100,100 640,100 640,360",
      "100,100 looks like pixels: divide x by the frame's width and y by its height",
    ],
    ["0.1,0.1 1.2,0.1 0.5,0.5", "1.2,0.1 is outside the frame"],
    ["0.1,0.1 -0.1,0.1 0.5,0.5", "-0.1,0.1 is outside the frame"],
    ["0.1,0.1 0.5,0.5 0.3,0.3", "its points lie on one line"],
    ["0.1,0.1 0.1,0.1 0.1,0.1", "its points lie on one line"],
    ["0,0 1,1 1,0 0,0.9", "its side from 0,0 to 1,1 meets that from 1,0 to 0,0.9"],
    ["0,0 1,0 1,1 1,0.2 0,1", "its side from 1,0 to 1,1 meets that from 1,1 to 1,0.2"],
  ] as const
) {
  Deno.test(`no polygon: ${text.slice(0, 40)}`, () => {
    const { told } = resolved(`[zone:z]\npolygon = ${text}\n${SOURCES}`);
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^2: \[zone:z\] polygon: found "/);
    assert.ok(told[0]!.endsWith(`, ${POLYGON} (${hint})`), told.join());
  });
}

for (
  const [text, hint] of [
    ["0.1,0.1", "there is 1"],
    ["0,0 1,1 0,1", "there are 3"],
    ["0.5,0.5 0.5,0.501", "it has no length"],
    [
      "0,360 640,360",
      "0,360 looks like pixels: divide x by the frame's width and y by its height",
    ],
  ] as const
) {
  Deno.test(`no line: ${text}`, () => {
    const { told } = resolved(`[zone:z]\nline = ${text}\n${SOURCES}`);
    assert.deepEqual(told, [`2: [zone:z] line: found "${text}", ${LINE} (${hint})`]);
  });
}

Deno.test("all that is wrong with zones is told at once", () => {
  const { told } = resolved(`[source:door]
file = 0
zones = gate, stepp, yard
[zone:gate]
[zone:step]
line = 0,0 1,1
polygon = 0,0 1,0 1,1
[zone:slow]
line = 0,0 1,1
dwell = 5
anchor = feet
source = dor
[zone:Gate]
polygone = 1
[zone:a b]
[zone:yard]
line = 0,1 1,1
source = roof
[source:roof]
file = 1
[monitor]
polygon = 1
`);
  assert.deepEqual(told, [
    '3: found the unknown zone "stepp", wanted one of gate, step, slow, Gate, yard ' +
    '(did you mean "step"?)',
    '3: found the zone "yard", which is of the sources roof, wanted door among them, ' +
    "or none named there",
    "4: [zone:gate]: found neither polygon nor line, wanted polygon = 0.1,0.9 0.4,0.3 0.8,0.9 " +
    "or line = 0.2,0.6 0.8,0.6 (smarteye zones shows where that is)",
    "6: [zone:step]: found line beside polygon, wanted one of the two",
    "10: [zone:slow]: found dwell of a line, wanted a polygon: nothing is in a line",
    '11: [zone:slow] anchor: found "feet", wanted bottom or center',
    '12: found the unknown source "dor", wanted one of door, roof (did you mean "door"?)',
    '13: found the section "[zone:Gate]" beside "[zone:gate]", wanted names that differ in more ' +
    "than case and - _ .",
    "13: [zone:Gate]: found neither polygon nor line, wanted polygon = 0.1,0.9 0.4,0.3 0.8,0.9 " +
    "or line = 0.2,0.6 0.8,0.6 (smarteye zones shows where that is)",
    '14: [zone:Gate]: found the unknown key "polygone", wanted a key of this section ' +
    '(did you mean "polygon"?)',
    '15: found the section "[zone:a b]", wanted a name of up to 64 letters, digits, - _ and ., ' +
    "such as [zone:gate]",
    '22: [monitor]: found the unknown key "polygon", wanted it under [zone:NAME]',
  ]);
});

Deno.test("config.ini and docs/settings.md show zones with every key, and they work", () => {
  const ini = Deno.readTextFileSync(FILE).replace(/^; (?=\[zone:|[a-z_]+ = ?)/gm, "");
  for (const [file, text] of [[FILE, ini], ["", Deno.readTextFileSync("docs/settings.md")]]) {
    const start = text!.indexOf("\n[zone:gate]");
    const length = text!.slice(start).search(/\n\n(?!\[zone)|\n```/);
    const shown = text!.slice(start, start + length);
    const { told, edge } = resolved(`${shown}\n[source:door]\nfile = 0\n`);
    assert.deepEqual(told, [], shown);
    assert.deepEqual(edge.sources[0]!.zones.map(({ name }) => name), ["gate", "doorstep"]);
    const keys = scan(shown, "", new Problems()).entries.map(({ key }) => key);
    if (file === FILE) assert.deepEqual(keys.sort(), Object.keys(ZONE_KEYS).sort());
  }
  const settings = Deno.readTextFileSync("docs/settings.md");
  for (const key of Object.keys(ZONE_KEYS)) assert.ok(settings.includes(`| \`${key}\``), key);
});
