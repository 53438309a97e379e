/** Sections `[sink:NAME]` of sinks that send, and of images: what they come to, and all that is wrong. */

import assert from "node:assert/strict";
import { resolveEdge } from "../cli/config/resolve.ts";
import { SINK_KEYS } from "../cli/config/sink_keys.ts";
import { SINK_OWN_KEYS } from "../cli/config/sink_own_keys.ts";
import { AROUND, configured } from "./fakes/configured.ts";
import { Folder } from "./fakes/folder.ts";

const FILE = "config/config.ini";

/** What an edge makes of a file, and what is wrong. */
function resolved(text: string, environment: Record<string, string> = {}, directory?: string) {
  const all = configured(text, environment);
  const edge = resolveEdge(all, directory === undefined ? AROUND : { ...AROUND, directory });
  const told = all.problems.lines().map((line) => line.replace(`${FILE}:`, ""));
  return { sinks: edge.sinks ?? [], told };
}

const SOURCES = "[source:door]\nfile = 0\n[source:yard]\nfile = 1\n";

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
      '19: [sink:d]: found what = "frames", wanted one of open, update, close, alerts, clips, zones, lines, source',
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
