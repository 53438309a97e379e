/** Sections `[sink:NAME]` and flags `--sink`: what they come to, and all that is wrong. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { run } from "../cli/run.ts";
import { Problems } from "../cli/config/problems.ts";
import { resolveEdge } from "../cli/config/resolve.ts";
import { scan } from "../cli/config/scan.ts";
import { SINK_KEYS } from "../cli/config/sink_keys.ts";
import { SINK_KIND_NAMES } from "../edge/sink/added/kinds.ts";
import { AROUND, configured } from "./fakes/configured.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeWorld } from "./fakes/world.ts";

const FILE = "config/config.ini";

/** What an edge makes of a file, and what is wrong. */
function resolved(text: string, environment: Record<string, string> = {}, directory?: string) {
  const all = configured(text, environment);
  const edge = resolveEdge(all, directory === undefined ? AROUND : { ...AROUND, directory });
  const told = all.problems.lines().map((line) => line.replace(`${FILE}:`, ""));
  return { sinks: edge.sinks ?? [], told };
}

const SOURCES = "[source:door]\nfile = 0\n[source:yard]\nfile = 1\n";
const DEFAULTS = { where: undefined, what: [], queueLengthMax: 4096, sources: [] };

Deno.test("a sink has what its section gives, and is of the kind that it is named by", () => {
  const { sinks, told } = resolved(
    `${SOURCES}[sink:all]
kind = jsonl
where = /tmp/smarteye_none/x.jsonl
what = events, frames
queue = 7
sources = yard
[sink:mot]
[sink:sqlite]
[sink:video]
[sink:clips]
kind = video
where = /tmp/smarteye_none/clips
every = hour
height = 360
crf = 30
`,
    { SMARTEYE_SINK_MOT_QUEUE: "9" },
  );
  assert.deepEqual(told, []);
  assert.deepEqual(sinks, [
    {
      ...{ name: "all", kind: "jsonl", where: "/tmp/smarteye_none/x.jsonl" },
      ...{ what: ["events", "frames"], queueLengthMax: 7, sources: ["yard"] },
    },
    { ...DEFAULTS, name: "mot", kind: "mot", queueLengthMax: 9 },
    { ...DEFAULTS, name: "sqlite", kind: "sqlite" },
    {
      ...{ ...DEFAULTS, name: "video", kind: "video" },
      own: { video: { every: "run", heightMax: 720, crf: 23 } },
    },
    {
      ...{ ...DEFAULTS, name: "clips", kind: "video", where: "/tmp/smarteye_none/clips" },
      own: { video: { every: "hour", heightMax: 360, crf: 30 } },
    },
  ]);
});

const WRONG = `${SOURCES}[sink:a]
kind = sqlit
[sink:b]
[sink:c]
kind = jsonl
[sink:d]
kind = mot
what = frames
sources = dor
[sink:e]
kind = jsonl
where = -
what = events, image
queue = 0
[sink:f]
kind = jsonl
where = -
[sink:g]
kind = coco
where = -
[sink:h]
kind = sqlite
where = text.sqlite
[sink:i]
kind = sqlite
where = other.sqlite
[sink:j]
kind = sqlite
where = later.sqlite
[sink:k]
kind = jsonl
where = there.txt
sources = door
[sink:K]
kind = mot
where = .
[sink:l]
kind = video
every = day
crf = 52
[sink:m]
kind = mot
where = m.txt
height = 100
`;

Deno.test("all that is wrong with sinks is told at once", async () => {
  await using folder = new Folder();
  folder.write("there.txt", "mine");
  folder.write("text.sqlite", "x".repeat(200));
  using other = new DatabaseSync(folder.file("other.sqlite"));
  other.exec("CREATE TABLE mine (x); PRAGMA application_id = 7");
  using later = new DatabaseSync(folder.file("later.sqlite"));
  later.exec(`CREATE TABLE x (y); PRAGMA application_id = ${0x534d4559}; PRAGMA user_version = 99`);
  const { told } = resolved(
    WRONG,
    {},
    folder.path,
  );
  const kinds = SINK_KIND_NAMES.join(", ");
  for (
    const line of [
      `6: [sink:a]: found the unknown kind of sink "sqlit", wanted one of ${kinds} (did you mean "sqlite"?)`,
      `7: [sink:b]: found the unknown kind of sink "b", wanted one of ${kinds}`,
      "8: [sink:c]: found no where of kind jsonl, wanted where = FILE or where = -",
      '12: [sink:d]: found what = "frames", wanted none: mot is for all that it can take, sqlite, ' +
      "webhook, nats and jsonl tell it apart",
      '13: found the unknown source "dor", wanted one of door, yard (did you mean "door"?)',
      '17: [sink:e]: found what = "image", wanted one of frames, events',
      '18: [sink:e] queue: found "0", wanted a whole number of results from 1 to 100000',
      '21: [sink:f]: found the sink f where e writes: "-", wanted a place for each',
      '24: [sink:g]: found "-" of kind coco, wanted a path',
      '27: [sink:h]: found "text.sqlite": it is no SQLite database, wanted a file that a sink of kind ' +
      "sqlite wrote, or a new one",
      '30: [sink:i]: found "other.sqlite": it is another program\'s database, wanted a file that a ' +
      "sink of kind sqlite wrote, or a new one",
      '33: [sink:j]: found "later.sqlite": its tables are of version 99, wanted version 1 or a new file',
      '43: [sink:l] every: found "day", wanted nothing or run or hour',
      '44: [sink:l] crf: found "52", wanted nothing or a whole number of x264\'s constant quality from 0 to 51',
      '48: [sink:m]: found height = "100" of kind mot, wanted none: it is a key of video and images',
    ]
  ) {
    assert.ok(told.includes(line), `${line}\nis not among\n${told.join("\n")}`);
  }
  assert.ok(told.some((line) => /^38: found the section "\[sink:K\]" beside/.test(line)));
});

Deno.test("a file that is there is refused without --overwrite, of one source as it stands", async () => {
  await using folder = new Folder();
  folder.write("there.txt", "mine");
  const text = "[source:door]\nfile = 0\n[sink:mot]\nwhere = there.txt\n";
  assert.deepEqual(resolved(text, {}, folder.path).told, [
    '4: [sink:mot]: found the file "there.txt", which is there already, wanted another place, or ' +
    "--overwrite, which takes it away",
  ]);
  const overwriting = resolved(`${text}[results]\noverwrite = yes\n`, {}, folder.path);
  assert.deepEqual(overwriting.told, []);
  assert.match(
    resolved("[source:door]\nfile = 0\n[sink:mot]\nwhere = .\n", {}, folder.path).told[0]!,
    /found the directory "\."/,
  );
});

Deno.test("what all sources share needs a place where their directories have nothing in common", () => {
  const text =
    "[source:a]\nfile = 0\noutput = x/a\n[source:b]\nfile = 1\noutput = y/b\n[sink:sqlite]\n";
  assert.deepEqual(resolved(text).told, [
    "7: [sink:sqlite]: found no place for the sink sqlite, since sources have directories of their " +
    "own, wanted the path of its file",
  ]);
});

for (
  const [args, told] of [
    [["--sink", "sqlit"], /--sink: found the unknown kind of sink "sqlit", wanted one of sqlite, /],
    [["--sink", "jsonl"], /--sink: found "jsonl", wanted jsonl:FILE or jsonl:-/],
    [["--sink", "webhook"], /--sink: found "webhook", wanted webhook:https:\/\/example.org\/hook/],
    [["--sink", "mqtts://"], /--sink: found "mqtts:\/\/", wanted an address such as/],
    [["--sink", "mot", "--sink", "mot"], /the sink mot_2 where mot writes/],
    [["--sink", "jsonl:-", "--json"], /"-" beside --json, which prints there/],
  ] as const
) {
  Deno.test(`a wrong --sink is explained: ${args.join(" ")}`, async () => {
    await using folder = new Folder();
    const world = new FakeWorld({}, folder.path);
    assert.equal(await run(["edge", "-f", "0", ...args], world), 2);
    assert.match(world.stderr.text, told);
  });
}

Deno.test("config.ini and docs/settings.md show sinks with every key, and they work", () => {
  const ini = Deno.readTextFileSync(FILE).replace(/^; (?=\[sink:|[a-z_]+ = ?)/gm, "");
  const settings = Deno.readTextFileSync("docs/settings.md");
  for (const [file, text] of [[FILE, ini], ["", settings]]) {
    const start = text!.indexOf("\n[sink:archive]");
    const shown = text!.slice(start, start + text!.slice(start).search(/\n\n(?!\[sink)|\n```/));
    const { told, sinks } = resolved(`${shown}\n[source:door]\nfile = 0\n`);
    assert.deepEqual(told, [], shown);
    assert.deepEqual([sinks[0]!.name, sinks[0]!.kind], ["archive", "sqlite"]);
    const keys = scan(shown, "", new Problems()).entries.map(({ key }) => key);
    if (file === FILE) {
      assert.deepEqual([...new Set(keys)].sort(), Object.keys(SINK_KEYS).sort());
    }
  }
  for (const key of Object.keys(SINK_KEYS)) assert.ok(settings.includes(`| \`${key}\``), key);
  for (const kind of SINK_KIND_NAMES) {
    assert.ok(settings.includes(`\`${kind}\``), kind);
    assert.ok(Deno.readTextFileSync("docs/sinks.md").includes(`\n## ${kind}\n`), kind);
  }
});
