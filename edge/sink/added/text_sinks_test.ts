import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock, idle } from "../../../core/fake_clock.ts";
import { Folder } from "../../../tests/fakes/folder.ts";
import { result } from "../../../tests/fakes/records.ts";
import { RUN_FACTS } from "../../../tests/fakes/run_facts.ts";
import { refused } from "../../../tests/fakes/refused.ts";
import { sceneResults } from "../../../tests/fakes/scene_results.ts";
import { testOnSmallDisk } from "../../../tests/fakes/small_disk.ts";
import { FrameLedger } from "../../ledger.ts";
import { RunStatistics } from "../../statistics.ts";
import { EventSink } from "../event_sink.ts";
import { JsonlSink } from "../jsonl_sink.ts";
import type { Sink } from "../sink.ts";
import { AddedSinks } from "./added_sinks.ts";
import type { SinkKindName } from "./kinds.ts";
import type { SinkOptions } from "./options.ts";

const summary = new RunStatistics().summary({ ...RUN_FACTS, ledger: new FrameLedger() });

/** An edge's sinks, and how one of its runs opens them. */
function sinksOf(
  folder: Folder,
  clock: FakeClock,
  sinks: readonly (Partial<SinkOptions> & { readonly kind: SinkKindName })[],
  { isSeveral = false, overwrite = false } = {},
) {
  const added = new AddedSinks({
    sinks: sinks.map((one) => ({
      ...{ name: one.kind, what: [], queueLengthMax: 4096, sources: [] },
      ...one,
    })),
    ...{ isSeveral, overwrite, clock },
  });
  const of = (name = "door") =>
    added.of({
      options: {
        ...{ name, source: "0", events: "text" },
        resultsDirectory: isSeveral ? join(folder.path, name) : folder.path,
      },
      ...{ live: false, input: "camera 0", policy: "p", seed: 1 },
    });
  return { of, added };
}

/** Gives a sink all of a scene, and ends it. */
async function feed(sink: Sink, clock: FakeClock, source?: string): Promise<void> {
  const { results, rest } = sceneResults(source);
  for (const one of results) await clock.until(sink.write(one));
  await Promise.all(rest.map((note) => sink.note?.(note)));
  await clock.outside(sink.close(summary));
}

/** Lets time pass, and files be written in it. */
async function until(clock: FakeClock, isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo(); turns++) {
    assert.ok(turns < 10_000, "it never is");
    await clock.advance(50);
    for (let i = 0; i < 5; i++) await idle();
  }
}

const linesOf = (folder: Folder, name: string) =>
  Deno.readTextFileSync(folder.file(name)).trimEnd().split("\n").map((line) => JSON.parse(line));

Deno.test("coco: what was found, by frame and category, with a companion that explains both", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const [sink] = await sinksOf(folder, clock, [{ kind: "coco" }]).of();
  await feed(sink!, clock);
  assert.deepEqual(folder.names(), ["coco_images.json", "coco_results.json"]);
  const found = JSON.parse(Deno.readTextFileSync(folder.file("coco_results.json")));
  const { images, categories, annotations } = JSON.parse(
    Deno.readTextFileSync(folder.file("coco_images.json")),
  );
  const records = sceneResults().results.map(({ record }) => record);
  const known = records.filter(({ detections }) => detections);
  assert.ok(known.length > 70 && known.length < records.length, "some are not known of");
  assert.deepEqual(images.map(({ id }: { id: number }) => id), known.map(({ frame }) => frame));
  assert.deepEqual(categories, [{ id: 1, name: "person" }, { id: 3, name: "car" }]);
  assert.deepEqual(annotations, []);
  const wanted = known.flatMap(({ frame, detections }) =>
    detections!.map(({ label, score, box: [x1, y1, x2, y2] }) => ({
      ...{ image_id: frame, category_id: label === "car" ? 3 : 1 },
      bbox: [x1, y1, Number((x2 - x1).toFixed(2)), Number((y2 - y1).toFixed(2))],
      score,
    }))
  );
  assert.deepEqual(found, wanted);
  assert.deepEqual(images[2].file_name, "a.jpg");
});

Deno.test("coco: two labels of one number are two categories, and nothing found is a list", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const [sink] = await sinksOf(folder, clock, [{ kind: "coco", where: folder.file("o.json") }])
    .of();
  const thing = { class_id: 2, score: 0.5, box: [1, 2, 3, 4] as const };
  const detections = [{ ...thing, label: "car" }, { ...thing, label: "cat" }];
  await sink!.write(result(1, undefined, { detections }));
  await clock.outside(sink!.close(summary));
  const { categories } = JSON.parse(Deno.readTextFileSync(folder.file("o_images.json")));
  assert.deepEqual(categories, [{ id: 3, name: "car" }, { id: 1001, name: "cat" }]);

  const [empty] = await sinksOf(folder, clock, [{ kind: "coco" }]).of();
  await clock.outside(empty!.close(summary));
  assert.deepEqual(JSON.parse(Deno.readTextFileSync(folder.file("coco_results.json"))), []);
  assert.deepEqual(JSON.parse(Deno.readTextFileSync(folder.file("coco_images.json"))).images, []);
});

Deno.test("coco: a run that never was leaves nothing, one that was killed its parts", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const [unused] = await sinksOf(folder, clock, [{ kind: "coco" }]).of();
  await clock.outside(unused!.close());
  assert.deepEqual(folder.names(), []);
  const [killed] = await sinksOf(folder, clock, [{ kind: "coco" }]).of();
  await killed!.write(result(1));
  await clock.outside(killed!.flush!());
  const parts = ["coco_images.json.part", "coco_results.json.part"];
  assert.deepEqual(folder.names(), parts);
  const again = () => sinksOf(folder, clock, [{ kind: "coco" }]).of();
  assert.match(await refused(again, "already_in_use"), /coco_results\.json\.part": it is there/);
  assert.deepEqual(folder.names(), parts, "and they are as they were");
  const [over] = await sinksOf(folder, clock, [{ kind: "coco" }], { overwrite: true }).of();
  await clock.outside(over!.close(summary));
  assert.deepEqual(folder.names(), ["coco_images.json", "coco_results.json"]);
  await clock.outside(killed!.close()); // gives back what it holds
});

Deno.test("mot: a line for each that is followed, and no other", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const [sink] = await sinksOf(folder, clock, [{ kind: "mot" }]).of();
  await feed(sink!, clock);
  const lines = Deno.readTextFileSync(folder.file("mot.txt")).trimEnd().split("\n");
  const wanted = sceneResults().results.flatMap(({ record: { frame, detections = [] } }) =>
    detections.filter(({ track_id }) => track_id !== undefined)
      .map(({ track_id, score, box: [x1, y1, x2, y2] }) =>
        [frame, track_id, x1, y1, Number((x2 - x1).toFixed(2)), Number((y2 - y1).toFixed(2)), score]
          .join() + ",-1,-1,-1"
      )
  );
  assert.ok(wanted.length > 100);
  assert.deepEqual(lines, wanted);
});

Deno.test("jsonl: lines as the run's own files have them, and both in one", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const place = (what: string[]) => {
    const name = what.join("_") || "both";
    return { kind: "jsonl", name, where: folder.file(`${name}.jsonl`), what } as const;
  };
  const sinks = sinksOf(folder, clock, [place(["frames"]), place(["events"]), place([])]);
  for (const sink of await sinks.of()) await feed(sink, clock);
  await feed(await JsonlSink.open(folder.file("r.jsonl"), clock), clock);
  await using own = new Folder();
  await feed(await EventSink.open(own.path, clock, false), clock);
  const read = (name: string) => Deno.readTextFileSync(folder.file(name));
  assert.equal(read("frames.jsonl"), read("r.jsonl"));
  assert.equal(read("events.jsonl"), Deno.readTextFileSync(own.file("events.jsonl")));
  const both = linesOf(folder, "both.jsonl");
  assert.deepEqual(both.filter(({ event }) => event), linesOf(folder, "events.jsonl"));
  assert.deepEqual(
    both.filter(({ event }) => !event),
    linesOf(folder, "r.jsonl").filter(({ event }) => !event),
  );
});

Deno.test("each of several sources has a file, and a sink may be for some of them", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const { of } = sinksOf(folder, clock, [
    { kind: "mot", where: folder.file("x/tracks.txt") },
    { kind: "coco", sources: ["yard"] },
  ], { isSeveral: true });
  for (const source of ["door", "yard"]) {
    for (const sink of await of(source)) await feed(sink, clock, source);
  }
  assert.deepEqual(folder.names("x"), ["tracks_door.txt", "tracks_yard.txt"]);
  assert.deepEqual(folder.names("yard"), ["coco_images.json", "coco_results.json"]);
  assert.deepEqual(folder.names(), ["x", "yard"]);
});

Deno.test("a file that is there is refused, and the others are given back", async () => {
  await using folder = new Folder();
  folder.write("mot.txt", "mine");
  const opening = () => sinksOf(folder, new FakeClock(), [{ kind: "coco" }, { kind: "mot" }]).of();
  assert.match(await refused(opening, "already_in_use"), /mot\.txt": it is there already/);
  assert.deepEqual(folder.names(), ["mot.txt"]);
  assert.equal(Deno.readTextFileSync(folder.file("mot.txt")), "mine");
});

for (const kind of ["coco", "mot", "jsonl"] as const) {
  const what = kind === "jsonl" ? ["frames"] : [];
  testOnSmallDisk(`${kind}: a disk that was full has every line once in the end`, async (disk) => {
    const clock = new FakeClock();
    const [sink] = await sinksOf(disk, clock, [{ kind, where: disk.file("out.json"), what }]).of();
    const { results } = sceneResults("door", 300);
    for (const one of results.slice(0, 10)) await sink!.write(one);
    await until(clock, () => sink!.tally.written > 0);
    const { written } = sink!.tally;
    await disk.fill("filler", 100);
    for (const one of results.slice(10)) await sink!.write(one);
    await until(clock, () => clock.nowMs() > 20_000);
    assert.equal(sink!.tally.written, written);
    await Deno.remove(disk.file("filler"));
    await until(clock, () => sink!.tally.written > 200);
    await clock.outside(sink!.close(summary));
    assert.deepEqual([sink!.tally.dropped, sink!.tally.failed], [0, 0]);
    await using other = new Folder();
    const place = { kind, where: other.file("out.json"), what };
    const [well] = await sinksOf(other, clock, [place]).of();
    for (const one of results) await well!.write(one);
    await clock.outside(well!.close(summary));
    for (const name of other.names()) {
      const [here, there] = [disk, other].map((one) => Deno.readTextFileSync(one.file(name)));
      assert.equal(here, there, name);
    }
  });
}
