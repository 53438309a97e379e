/** `smarteye retention`, and `[retention]` as it is set. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { resolveEdge } from "../cli/config/resolve.ts";
import { AROUND, configured } from "./fakes/configured.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeWorld } from "./fakes/world.ts";
import { record } from "./fakes/records.ts";

function resolved(text: string, sources = "[source:a]\nfile = 0\n") {
  const all = configured(`${sources}[retention]\n${text}`);
  const { retention } = resolveEdge(all, AROUND);
  const told = all.problems.lines().map((line) => line.replace("config/config.ini:", ""));
  return { retention, told };
}

const OUT = "[source:a]\nfile = 0\noutput = /tmp/smarteye_none\n";
const DAY = 86_400_000;

Deno.test("what is kept, as it is set, and all that is wrong with it", () => {
  assert.deepEqual(
    resolved("age = 36h\nsize = 1.5T\nevents_age = 90d\nkeep_free = 5%\ncheck = 30s", OUT),
    {
      retention: {
        ...{ ageMs: 1.5 * DAY, bytesMax: 1.5e12, eventsAgeMs: 90 * DAY, keepFree: { share: 0.05 } },
        checkMs: 30_000,
      },
      told: [],
    },
  );
  const { runsIn } = resolved("size = 500M").retention!;
  assert.match(runsIn!, /info_system\/handled_result$/);
  assert.deepEqual(resolved("keep_free = none").retention, { checkMs: 60_000 });
  assert.deepEqual(resolved("keep_free = 2G").retention!.keepFree, { bytes: 2e9 });
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["age = 30", /age: found "30", wanted .*36h or 30d/],
    ["age = 0d", /age/],
    ["size = 20GB", /size/],
    ["keep_free = 100%", /keep_free/],
    ["events_age = 9d", /events_age = "9d" alone, wanted age or size beside it/],
    ["age = 10d\nevents_age = 9d", /events_age = "9d", less than age/],
  ];
  for (const [text, message] of wrong) {
    const { told } = resolved(text);
    assert.equal(told.length, 1, `${text}: ${told}`);
    assert.match(told[0]!, message);
  }
});

Deno.test("smarteye retention shows what is there, and deletes only where that is said", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("run"));
  const old = new Date(Date.UTC(2025, 0, 1));
  const write = (name: string, text: string) => {
    folder.write(`run/${name}`, text);
    Deno.utimeSync(folder.file(`run/${name}`), old, old);
  };
  write("results.jsonl", JSON.stringify(record(1)) + "\n");
  write("frame_000001.jpg", "0123456789");
  write("mine.txt", "x");
  const called = async (...args: string[]) => {
    const world = new FakeWorld();
    const status = await run(["retention", folder.path, ...args], world);
    return { status, out: world.stdout.text, err: world.stderr.text };
  };
  const all = await called();
  assert.equal(all.status, 0, all.err);
  assert.match(all.out, /pictures +│ +1 │ +10 B/);
  assert.match(all.out, /nothing is to go[^]*1 of others are not touched/);
  const dry = JSON.parse((await called("--age", "30d", "--json")).out);
  assert.deepEqual([dry.dry, dry.gone.age.files, dry.left.files], [true, 2, 0]);
  const names = () => [...Deno.readDirSync(folder.file("run"))].map(({ name }) => name).sort();
  assert.deepEqual(names(), ["frame_000001.jpg", "mine.txt", "results.jsonl"]);
  const refused = await called("--delete");
  assert.equal(refused.status, 2);
  assert.match(refused.err, /--delete.*no limit.*--age or --size/);
  assert.match(
    (await called("--age", "30d", "--delete")).out,
    /2 files, .* went: they are too old/,
  );
  assert.deepEqual(names(), ["mine.txt"]);
  assert.match((await called()).out, /nothing of a run is there/);
});
