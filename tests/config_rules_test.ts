/** Sections `[rule:NAME]`: what each source's rules come to, and all that is wrong. */

import assert from "node:assert/strict";
import { resolveEdge } from "../cli/config/resolve.ts";
import { RULE_KEYS } from "../cli/config/rule_keys.ts";
import { AROUND, configured } from "./fakes/configured.ts";

const FILE = "config/config.ini";

/** What an edge makes of a file, and what is wrong. */
function resolved(text: string) {
  const all = configured(text);
  const edge = resolveEdge(all, AROUND);
  return { edge, told: all.problems.lines().map((line) => line.replace(`${FILE}:`, "")) };
}

const SOURCES = "[source:door]\nfile = 0\n[source:yard]\nfile = 1\n";
const ZONES = "[zone:gate]\npolygon = 0,0 1,0 1,1\nclasses = person\nsource = yard\n" +
  "[zone:step]\nline = 0,0.5 1,0.5\n";
const SINKS = "[sink:seen]\nkind = sqlite\n[sink:out]\nkind = jsonl\nwhere = out.jsonl\n";

Deno.test("a rule has what its section gives, at the sources that it is for", () => {
  const { edge, told } = resolved(`${SOURCES}${ZONES}${SINKS}[rule:night]
label = person, car
zone = gate, step
hours = mon-fri 22:00-06:00, sat 00:00-24:00
minimum = 2.5
score = 0.6
cooldown = 60
sinks = out
clip = 5 10.5
source = yard
[rule:any]
[rule:gate]
zone = gate
`);
  assert.deepEqual(told, []);
  const nothing = { labels: [], places: [], hours: [], minimumMs: 0, scoreMin: 0, cooldownMs: 0 };
  const any = { name: "any", ...nothing, sinks: [], sources: [] };
  const [door, yard] = edge.sources;
  assert.deepEqual(door!.rules, [any]);
  assert.deepEqual(yard!.rules, [
    {
      name: "night",
      labels: ["person", "car"],
      places: ["gate", "step"],
      hours: [{ days: [1, 2, 3, 4, 5], from: 1320, to: 360 }, { days: [6], from: 0, to: 1440 }],
      ...{ minimumMs: 2500, scoreMin: 0.6, cooldownMs: 60_000, sinks: ["out"] },
      clip: { beforeMs: 5000, afterMs: 10_500 },
      sources: ["yard"],
    },
    any,
    { ...any, name: "gate", places: ["gate"] },
  ]);
  assert.equal(yard!.clipBytesMax, 64_000_000);
});

Deno.test("all that is wrong with rules is told at once, with what is wanted", () => {
  const { told } = resolved(`${SOURCES}${ZONES}${SINKS}[rule:a]
zone = gat, step
hours = 22-6
sinks = outt
source = dor
[rule:b]
zone = gate
source = door
clip = 5
[rule:c]
label = car
zone = gate
clip = 5 100
[rule:A]
clip = 0 0
`);
  const times = "wanted nothing or times such as 22:00-06:00 or mon-fri 08:00-18:00, " +
    "several with commas between (22-6 is no time such as 22:00-06:00)";
  const clip = "wanted nothing or seconds before and after, each 0 to 60, such as 5 10";
  const first = 16;
  const line = (n: number, text: string) => `${first + n}: ${text}`;
  assert.deepEqual(told, [
    line(
      1,
      '[rule:a]: found the unknown zone "gat", wanted one of gate, step (did you mean "gate"?)',
    ),
    line(2, `[rule:a] hours: found "22-6", ${times}`),
    line(3, 'found the unknown sink "outt", wanted one of seen, out (did you mean "out"?)'),
    line(4, 'found the unknown source "dor", wanted one of door, yard (did you mean "door"?)'),
    line(
      6,
      '[rule:b]: found the zone "gate", which none of its sources has, wanted a zone of door',
    ),
    line(8, `[rule:b] clip: found "5", ${clip} (two numbers make a clip)`),
    line(
      11,
      '[rule:c]: found car in the zone "gate", which is for person, wanted a label that its zone is for',
    ),
    line(12, `[rule:c] clip: found "5 100", ${clip} (one is none of these)`),
    line(
      13,
      'found the section "[rule:A]" beside "[rule:a]", wanted names that differ in more than case and - _ .',
    ),
    line(14, `[rule:A] clip: found "0 0", ${clip} (0 0 is no clip; nothing is none)`),
  ]);
});

Deno.test("a rule that names a zone or a sink where there is none is told what is missing", () => {
  const { told } = resolved(`${SOURCES}[rule:a]\nzone = yard\nsinks = hook\n`);
  assert.deepEqual(told, [
    '6: [rule:a]: found the unknown zone "yard", wanted a section [zone:yard]',
    '7: found the unknown sink "hook", wanted a section [sink:hook]',
  ]);
});

Deno.test("the docs and the file with all defaults tell every key of a rule", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));
  const [settings, ini] = [await read("docs/settings.md"), await read("config/config.ini")];
  const part = settings.split("\n### Rules\n")[1]!.split("\n### ")[0]!;
  const block = ini.split("; [rule:")[1]!;
  for (const [key, { default: value }] of Object.entries(RULE_KEYS)) {
    assert.ok(part.includes(`| \`${key}\``), key);
    assert.match(block, new RegExp(`^; ${key} =${value === "" ? "" : ` ${value}$`}`, "m"), key);
  }
});
