/** `smarteye events` and `smarteye search`, as a user calls them. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { EncodedImage, PixelPicture } from "../core/image.ts";
import { FrameLedger } from "../edge/ledger.ts";
import { DatabaseSink } from "../edge/sink/added/sqlite/database_sink.ts";
import { EventSink } from "../edge/sink/event_sink.ts";
import { RunStatistics } from "../edge/statistics.ts";
import { Folder } from "./fakes/folder.ts";
import { at, plain } from "./fakes/pictures.ts";
import { Program } from "./fakes/program.ts";
import { RUN_FACTS } from "./fakes/run_facts.ts";
import { sceneResults } from "./fakes/scene_results.ts";
import { FakeWorld } from "./fakes/world.ts";

const summary = new RunStatistics().summary({ ...RUN_FACTS, ledger: new FrameLedger() });
const RED = [200, 30, 30] as const;

/** A database of two sources, and the directory of the run of one: `door`, with a picture of each event. */
async function stored(folder: Folder): Promise<void> {
  const clock = new FakeClock();
  const shared = await DatabaseSink.open({
    ...{ path: folder.file("seen.sqlite"), overwrite: false },
    ...{ what: new Set(["frames", "events"]), clock },
  });
  for (const source of ["door", "yard"]) {
    const resultsDirectory = folder.file(source);
    Deno.mkdirSync(resultsDirectory);
    const { results, rest } = sceneResults(source);
    const writer = await shared.of({
      options: { name: source, source: "0", events: "all", resultsDirectory },
      ...{ live: false, input: "camera 0", policy: "p", seed: 1 },
    });
    await writer.write(results.flatMap((one) => writer.itemOf(one) ?? []));
    await writer.write(rest.flatMap((note) => writer.itemOfNote!(note) ?? []));
    await writer.close(summary);
    const events = await EventSink.open(resultsDirectory, clock, true);
    for (const one of results) {
      const picture = new PixelPicture(plain(640, 360, RED), one.frame.picture.ptsMs);
      await events.write({ ...one, frame: { ...one.frame, picture } });
    }
    for (const note of rest) await events.note(note);
    await events.close(summary);
  }
  await shared.close();
}

async function called(folder: Folder, ...args: string[]) {
  const world = new FakeWorld({ TZ: "UTC" }, folder.path);
  const code = await run(args, world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

/** In one piece: all steps look into what is stored once, which takes longer than any of them. */
Deno.test("events and search", async (t) => {
  await using folder = new Folder();
  await stored(folder);
  const db = ["--db", folder.file("seen.sqlite")];
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await called(folder, ...args, "--json");
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  type One = { source: string; label: string; zones: string[] };
  const labelsOf = ({ events }: { events: One[] }) => events.map(({ label }) => label).sort();

  await t.step("a table of all, the latest first, and how many more there are", async () => {
    const { code, stdout } = await called(folder, "events", ...db, "--limit", "1");
    assert.equal(code, 0);
    assert.match(stdout, /│ seen +│ +for │ source │ what +│ zones, lines │ event +│/);
    assert.match(stdout, /│ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d │ +\d\.\d s │ yard/);
    assert.match(stdout, /\nthe latest 1 of \d+\n$/);
  });

  await t.step("what is found is told by what it is, where it was, and when", async () => {
    const all = await json("events", ...db);
    assert.ok(all.count >= 4 && all.count === all.events.length);
    const { events: people } = await json("search", ...db, "--label", "person");
    assert.ok(people.length > 0 && people.every(({ label }: One) => label === "person"));
    assert.ok(people.some(({ zones }: One) => zones.includes("yard") && zones.includes("step")));
    const inYard = await json("search", ...db, "--zone", "yard", "--source", "door");
    assert.deepEqual(labelsOf(inYard), ["car", "person"]);
    assert.ok(inYard.events.every(({ source }: One) => source === "door"));
    assert.deepEqual(labelsOf(await json("search", ...db, "--zone", "step", "--source", "door")), [
      ...["car", "person"],
    ]);
    assert.equal((await json("search", ...db, "--zone", "nowhere")).count, 0);
    const since = (time: string) => json("events", ...db, "--since", time);
    assert.equal((await since("2026-01-31T16:45:00Z")).count, all.count);
    assert.equal((await since("2026-02-01")).count, 0);
    assert.equal((await json("events", ...db, "--until", "2026-01-30")).count, 0);
    const late = await since("2026-01-31T16:45:02.5Z");
    assert.ok(late.count > 0 && late.count < all.count, "who was gone by then is not among them");
  });

  await t.step("a run's directory tells the same without a database", async () => {
    const { events } = await json("events", ...db, "--source", "door");
    assert.deepEqual((await json("events", "--db", folder.file("door"))).events, events);
    const both = await json("search", "--db", folder.path, "--label", "car");
    assert.deepEqual(both, await json("search", ...db, "--label", "car"));
  });

  await t.step("a damaged line of a run is told, and costs no other line", async () => {
    const path = folder.file("door/events.jsonl");
    const whole = Deno.readTextFileSync(path);
    const lines = whole.split("\n");
    lines.splice(1, 0, '{"event": "upd');
    Deno.writeTextFileSync(path, lines.join("\n") + '{"event": "clo');
    await using program = new Program(["events", "--db", folder.file("door"), "--json"]);
    const { code, stdout, stderr } = await program.ran();
    Deno.writeTextFileSync(path, whole);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /1 lines of .*events\.jsonl cannot be read/);
    const { events } = await json("events", ...db, "--source", "door");
    assert.deepEqual(JSON.parse(stdout).events, events);
  });

  await t.step("what nothing is found of is told with what there is", async () => {
    const { code, stdout } = await called(folder, "search", ...db, "--label", "persn");
    assert.equal(code, 0);
    assert.match(stdout, /^no such event \(did you mean person\?\); else there are: /);
    assert.match(stdout, /person \d+, car \d+|car \d+, person \d+/);
  });

  await t.step("a sheet shows the pictures of what is found", async () => {
    const out = folder.file("sheet.png");
    const found = await json("search", ...db, "--zone", "yard", "--sheet", out);
    assert.equal(found.count, 4);
    const image = await EncodedImage.open(Deno.readFileSync(out), { pixelsMax: 1e7 });
    const pixels = await image.rgb();
    assert.deepEqual([pixels.width, pixels.height], [676, 524], "two by two");
    for (const [x, y] of [[20, 30], [350, 30], [20, 290], [350, 290]] as const) {
      const [red, green] = at(pixels, x, y);
      assert.ok(red > 150 && green < 80, `a picture at ${x},${y}`);
    }
    const captions = Array.from({ length: 320 }, (_, i) => at(pixels, 12 + i, 225)[0]);
    assert.ok(captions.some((red) => red > 150), "with words below it");
  });

  await t.step("the config's own database is where to look", async () => {
    folder.write(
      "site.ini",
      `[sink:archive]\nkind = sqlite\nwhere = ${folder.file("seen.sqlite")}\n`,
    );
    assert.ok((await json("events", "-c", "site.ini")).count >= 4);
  });

  for (const [name, flags] of [["events", []], ["search", ["--label", "car"]]] as const) {
    await t.step(`${name}: its task grants what it needs`, async () => {
      const sheet = name === "search" ? ["--sheet", folder.file("task.jpg")] : [];
      const args = [name, ...db, ...flags, ...sheet, "--json"];
      await using program = new Program(args, {}, ["task", "--quiet"]);
      const { code, stdout, stderr } = await program.ran();
      assert.equal(code, 0, stderr);
      assert.ok(JSON.parse(stdout).count > 0);
    });
  }
});

for (
  const [args, told] of [
    [["events"], /nothing to look in, wanted --db FILE/],
    [["events", "--db", "none.sqlite"], /--db: found no file or directory "none.sqlite"/],
    [["events", "--db", "text"], /Cannot read ".*text": it is no SQLite database/],
    [["events", "--db", "."], /it has neither results\.sqlite nor events\.jsonl/],
    [
      ["events", "--db", "text", "--since", "yesterday"],
      /--since: found "yesterday", wanted so long/,
    ],
    [["events", "--db", "text", "--since", "1h", "--until", "2h"], /wanted a time after --since/],
    [
      ["search", "--db", "text", "--sheet", "x.gif"],
      /--sheet: found "x.gif", wanted the path of a/,
    ],
  ] as const
) {
  Deno.test(`a wrong command line is explained: ${args.join(" ")}`, async () => {
    await using folder = new Folder();
    folder.write("text", "x".repeat(200));
    const { code, stderr } = await called(folder, ...args);
    assert.equal(code, 2);
    assert.match(stderr, told);
  });
}
