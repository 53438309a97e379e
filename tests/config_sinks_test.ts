/** Sections `[sink:NAME]` and flags `--sink`: what they come to, and all that is wrong. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { run } from "../cli/run.ts";
import { Problems } from "../cli/config/problems.ts";
import { resolveEdge } from "../cli/config/resolve.ts";
import { scan } from "../cli/config/scan.ts";
import { SINK_KEYS } from "../cli/config/sink_keys.ts";
import { SINK_OWN_KEYS } from "../cli/config/sink_own_keys.ts";
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

const PATH = "/tmp/smarteye_none/images";

Deno.test("sinks that send have an address, and their own keys", async () => {
  await using folder = new Folder();
  folder.write("ca.pem", "x");
  const { sinks, told } = resolved(
    `${SOURCES}[sink:home]
kind = mqtt
where = mqtts://edge@broker:8884/frigate
password_file = ca.pem
ca_file = ca.pem
version = 5
discovery = none
labels = person, car
[sink:mqtt]
where = mqtt://127.0.0.1
[sink:hook]
kind = webhook
where = https://example.org/x?y=z
what = open, update
secret = s
token = t
snapshot = multipart
[sink:nats]
where = nats://127.0.0.1
creds_file = ca.pem
stream = EVENTS
snapshot = none
[sink:images]
where = ${PATH}
rule = every 25
quality = 70
`,
    { SMARTEYE_SINK_NATS_TOKEN: "u" },
    folder.path,
  );
  assert.deepEqual(told, []);
  assert.deepEqual(sinks.map(({ own }) => own), [
    {
      mqtt: {
        password: { file: "ca.pem" },
        ...{ authorities: "ca.pem", version: 5, discovery: undefined },
        ...{ labels: ["person", "car"], snapshots: true },
      },
    },
    {
      mqtt: {
        ...{ password: undefined, authorities: undefined, version: 4 },
        ...{ discovery: "homeassistant", labels: [], snapshots: true },
      },
    },
    {
      webhook: {
        ...{ secret: { text: "s" }, token: { text: "t" } },
        ...{ authorities: undefined, snapshot: "multipart" },
      },
    },
    {
      nats: {
        ...{ credentials: "ca.pem", password: undefined, token: { text: "u" } },
        ...{ authorities: undefined, stream: "EVENTS", snapshot: "none" },
      },
    },
    { images: { rule: { every: 25 }, heightMax: Infinity, quality: 70 } },
  ]);
  assert.deepEqual(sinks[2]!.what, ["open", "update"]);
});

const WRONG_SENT = `[source:door]
file = 0
events = text
[sink:a]
kind = mqtt
[sink:b]
kind = mqtt
where = http://127.0.0.1
[sink:c]
kind = mqtt
where = mqtt://u:hidden@127.0.0.1/a/#/b%23
snapshot = inline
[sink:d]
kind = webhook
where = 127.0.0.1:80
token = x
token_file = nowhere
snapshot = inline
what = frames
[sink:e]
kind = nats
where = nats://127.0.0.1/a.>
password_file = there/not
secret = hush
crf = 3
[sink:f]
kind = images
rule = none
[sink:mqtt]
where = mqtt://127.0.0.1/a b
`;

Deno.test("all that is wrong with sinks that send is told at once, and no secret", () => {
  const { told } = resolved(WRONG_SENT);
  for (
    const line of [
      "4: [sink:a]: found no where of kind mqtt, wanted where = mqtt://user@127.0.0.1:1883/smarteye",
      '8: [sink:b]: found "http://127.0.0.1", wanted an address such as ' +
      '"mqtt://user@127.0.0.1:1883/smarteye"',
      '12: [sink:c] snapshot: found "inline", wanted none, retained',
      '15: [sink:d]: found "127.0.0.1:80", wanted an address such as "https://example.org/hook"',
      "17: [sink:d] token_file: found token as well, wanted only one of the two",
      '18: [sink:d] snapshot: found "inline", and no pictures of events of the source door, wanted ' +
      "events = all, of the source or in [results]",
      '19: [sink:d]: found what = "frames", wanted one of open, update, close, zones, lines, source',
      '22: [sink:e]: found "nats://127.0.0.1/a.>" with "/a.%3E", wanted a path without wildcards and spaces, ' +
      'such as "nats://127.0.0.1:4222/smarteye"',
      '23: found no file "there/not", wanted a file that exists',
      "24: [sink:e]: found secret of kind nats, wanted none: it is a key of webhook",
      '25: [sink:e]: found crf = "3" of kind nats, wanted none: it is a key of video',
      '28: [sink:f] rule: found "none", wanted all, detections or every N',
    ]
  ) {
    assert.ok(told.includes(line), `${line}\nis not among\n${told.join("\n")}`);
  }
  assert.match(told.join("\n"), /11: \[sink:c\]: .* wanted a path without wildcards/);
  assert.match(told.join("\n"), /30: \[sink:mqtt\]: .* wanted a path without wildcards/);
  assert.doesNotMatch(told.join("\n"), /hidden|hush/);
});

Deno.test("a password that goes over a network in the clear is told of", () => {
  const notesOf = (where: string, more = "") => {
    const all = configured(`[source:door]\nfile = 0\n[sink:mqtt]\nwhere = ${where}\n${more}`);
    resolveEdge(all, AROUND);
    return all.notes.filter(({ level }) => level === "warning").map(({ text }) => text);
  };
  assert.deepEqual(notesOf("mqtt://a@10.0.0.9", "password = hush"), [
    "the sink mqtt sends its password or token to 10.0.0.9 in the clear; with mqtts:// nobody on " +
    "the way reads it",
  ]);
  assert.deepEqual(notesOf("mqtt://a:hush@127.0.0.1"), []);
  assert.deepEqual(notesOf("mqtts://a:hush@10.0.0.9"), []);
});

Deno.test("keys of the same name are the same key", () => {
  for (const { keys } of Object.values(SINK_OWN_KEYS)) {
    for (const [name, key] of Object.entries(keys)) assert.equal(SINK_KEYS[name], key, name);
  }
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
