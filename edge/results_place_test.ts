/** Places for results: in this process, and in processes that do not know of each other. */

import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Folder } from "../tests/fakes/folder.ts";
import { refused } from "../tests/fakes/refused.ts";
import { CAPTURE_DEFAULTS } from "./capture/open_source.ts";
import type { SourceOptions } from "./options.ts";
import { REPORT_MARK } from "./report_page.ts";
import { takeNew, takePlace, takePlaces } from "./results_place.ts";

const HOLDER = fileURLToPath(new URL("../tests/fakes/place_process.ts", import.meta.url));

/** A process that takes a place. */
class Holder implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  /** What it says: `{ took }` or `{ refused }`. */
  readonly says: Promise<{ readonly took?: string; readonly refused?: string }>;

  constructor(how: "new" | "given" | "overwrite", path: string) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", HOLDER, how, path],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#child = child;
    this.says = (async () => {
      let text = "";
      for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
        text += part;
        if (text.includes("\n")) break;
      }
      return JSON.parse(text);
    })();
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  /** Has it give its place back. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close().catch(() => {}); // it was killed
    await this.#child.status;
  }
}

Deno.test("what starts in the same second gets a directory of its own each, 3 of 3 times", async () => {
  await using folder = new Folder();
  for (const name of ["a", "b", "c"]) {
    const places = await Promise.all(Array.from({ length: 8 }, () => takeNew(folder.file(name))));
    const directories = places.map(({ directory }) => directory).sort();
    const wanted = ["", "_2", "_3", "_4", "_5", "_6", "_7", "_8"].map((n) => name + n);
    assert.deepEqual(directories, wanted.map((name) => folder.file(name)));
    for (const place of places) await place[Symbol.asyncDispose]();
  }
  assert.deepEqual(folder.names(), [], "nothing came of them, and nothing is left of them");
});

Deno.test("processes that start at once get a directory of their own each", async () => {
  await using folder = new Folder();
  const holders = [1, 2, 3].map(() => new Holder("new", folder.file("run")));
  const took = (await Promise.all(holders.map(({ says }) => says))).map(({ took }) => took);
  for (const holder of holders) await holder[Symbol.asyncDispose]();
  assert.deepEqual(took.sort(), ["run", "run_2", "run_3"].map((name) => folder.file(name)));
  assert.deepEqual(folder.names("run_3"), ["results.jsonl"]);
});

for (const [what, isThere] of [["an empty directory", true], ["no directory", false]] as const) {
  Deno.test(`of processes that are given ${what} at once, exactly one takes it`, async () => {
    await using folder = new Folder();
    if (isThere) Deno.mkdirSync(folder.file("run"));
    const holders = [1, 2, 3].map(() => new Holder("given", folder.file("run")));
    const said = await Promise.all(holders.map(({ says }) => says));
    for (const holder of holders) await holder[Symbol.asyncDispose]();
    assert.equal(said.filter(({ took }) => took !== undefined).length, 1, JSON.stringify(said));
    for (const { refused } of said.filter(({ took }) => took === undefined)) {
      assert.match(
        refused!,
        /Cannot write to ".*run": (another run writes there|it holds results)/,
      );
    }
    assert.equal(Deno.readTextFileSync(folder.file("run/results.jsonl")).split("\n").length, 2);
  });
}

Deno.test("of many takers in one process exactly one takes an empty directory", async () => {
  await using folder = new Folder();
  for (let n = 0; n < 20; n++) {
    const path = folder.file(`run${n}`);
    if (n % 2 === 0) Deno.mkdirSync(path);
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => takePlace(path, false)));
    const taken = all.filter((one) => one.status === "fulfilled");
    assert.equal(taken.length, 1);
    await taken[0]!.value[Symbol.asyncDispose]();
  }
});

Deno.test("while one gives a directory back, at most one other takes it", async () => {
  await using folder = new Folder();
  const run = folder.file("run");
  let held = 0;
  for (let n = 0; n < 100; n++) {
    const before = await takePlace(run, true);
    folder.write("run/summary.json", "{}");
    const takers = Array.from({ length: 6 }, () => takePlace(run, true));
    const [, ...all] = await Promise.allSettled([before[Symbol.asyncDispose](), ...takers]);
    const taken = all.filter((one) => one.status === "fulfilled");
    assert.ok(taken.length <= 1, `${taken.length} hold it`);
    held += taken.length;
    for (const { value } of taken) await value[Symbol.asyncDispose]();
  }
  assert.ok(held > 0, "somebody took it");
});

Deno.test("a run that goes on is not overwritten; one that was killed is in nobody's way", async () => {
  await using folder = new Folder();
  const run = folder.file("run");
  await using holder = new Holder("given", run);
  assert.equal((await holder.says).took, run);
  const during = await refused(() => takePlace(run, true), "already_in_use");
  assert.match(during, /Cannot write to ".*run": another run writes there right now/);
  await holder.kill();
  assert.deepEqual(folder.names("run").length, 2, "its lock lies there still");
  const after = await refused(() => takePlace(run, false), "already_in_use");
  assert.match(after, /it holds results\.jsonl, .*\(or --overwrite/);
  await using place = await takePlace(run, true);
  assert.equal(place.directory, run);
  assert.equal(folder.names("run").length, 2, "nothing is taken away before the run begins");
  await place.clear();
  Deno.removeSync(`${run}/.smarteye.lock`);
  Deno.removeSync(run);
});

Deno.test("a lock that a killed run left in a directory without results keeps nobody out", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("run"));
  folder.write("run/.smarteye.lock", "");
  await using _place = await takePlace(folder.file("run"), false);
});

Deno.test("--overwrite takes away what runs write, and nothing else", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("run/frame_000002.jpg"), { recursive: true });
  const ours = ["frame_000001.jpg", "frame_1234567.jpg", "results.jsonl", "summary.json"];
  const parts = ["frame_000003.jpg.part", "summary.json.part"];
  const sinks = ["mot.txt", "video.mp4", "video_2026-01-31_17-45-00.mp4"];
  const others = ["frame_1.jpg", "holiday.jpg", "notes.txt", "results.jsonl.bak", "video_a.mp4"];
  for (const name of [...ours, ...parts, ...sinks, ...others]) folder.write(`run/${name}`, "x");
  const why = await refused(() => takePlace(folder.file("run"), false), "already_in_use");
  assert.match(
    why,
    /it holds frame_000001\.jpg, frame_000002\.jpg, frame_000003\.jpg\.part and 12/,
  );
  await using place = await takePlace(folder.file("run"), true);
  await place.clear();
  const left = folder.names("run").filter((name) => name !== ".smarteye.lock");
  assert.deepEqual(left, ["frame_000002.jpg", ...others].sort());
});

Deno.test("--overwrite takes away the page of a run, and no other of that name", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("run"));
  const page = `<!doctype html>\n<head>\n${REPORT_MARK}\n`;
  for (const [text, left] of [[page, []], ["<h1>mine</h1>", ["report.html"]]] as const) {
    folder.write("run/results.jsonl", "x");
    folder.write("run/report.html", text);
    await using place = await takePlace(folder.file("run"), true);
    await place.clear();
    assert.deepEqual(folder.names("run").filter((name) => name !== ".smarteye.lock"), left);
  }
});

Deno.test("--overwrite writes to no link, and takes nothing away where there is one", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("run"));
  folder.write("mine.txt", "mine");
  for (const name of ["results.jsonl", "summary.json.part", "frame_000002.jpg"]) {
    for (const target of ["mine.txt", "nothing"]) {
      folder.write("run/frame_000001.jpg", "x");
      Deno.symlinkSync(folder.file(target), folder.file(`run/${name}`));
      const why = await refused(() => takePlace(folder.file("run"), true), "already_in_use");
      assert.ok(why.includes(`its ${name} is a link to another place`), why);
      assert.deepEqual(folder.names("run"), ["frame_000001.jpg", name].sort());
      Deno.removeSync(folder.file(`run/${name}`));
    }
  }
  assert.equal(Deno.readTextFileSync(folder.file("mine.txt")), "mine");
});

Deno.test("a directory without any results is refused without advice to overwrite, and untouched", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("mine"));
  folder.write("mine/letter.txt", "x");
  const why = await refused(() => takePlace(folder.file("mine"), false), "already_in_use");
  assert.ok(why.includes("it holds letter.txt, an empty or a new directory is wanted"), why);
  assert.ok(!why.includes("--overwrite"), why);
  assert.deepEqual(folder.names("mine"), ["letter.txt"]);
});

Deno.test("what is given back without results is as it was", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("there"));
  for (const name of ["there", "made"]) {
    const place = await takePlace(folder.file(name), false);
    folder.write(`${name}/results.jsonl`, "");
    await place[Symbol.asyncDispose]();
  }
  assert.deepEqual([folder.names(), folder.names("there")], [["there"], []]);
  const place = await takePlace(folder.file("ran"), false);
  folder.write("ran/results.jsonl", "");
  folder.write("ran/summary.json", "{}");
  await place[Symbol.asyncDispose]();
  assert.deepEqual(folder.names("ran"), ["results.jsonl", "summary.json"]);
});

Deno.test("what cannot be written is said", async () => {
  await using folder = new Folder();
  folder.write("file", "x");
  for (const path of ["file", "file/below"]) {
    const why = await refused(() => takePlace(folder.file(path), false), "failed_precondition");
    assert.match(why, /Cannot write ".*file/);
  }
  await refused(() => takeNew(folder.file("file/below")), "failed_precondition");
  Deno.symlinkSync(folder.file("nothing"), folder.file("link"));
  const why = await refused(() => takePlace(folder.file("link"), false), "failed_precondition");
  assert.match(why, /Cannot write ".*link": it is a link to nothing;/);
});

/** A source of that name. */
function source(name: string, resultsDirectory: string): SourceOptions {
  return {
    ...{ ...CAPTURE_DEFAULTS, source: "0", name, intervalMs: 0, framesMax: 0 },
    ...{ controlPolicy: "p", overflow: "wait", resultsDirectory, images: "none" },
    ...{ events: "none", zones: [] },
  };
}

Deno.test("sources' directories move along with the new one that they are in", async () => {
  await using folder = new Folder();
  const newDirectory = folder.file("start");
  Deno.mkdirSync(newDirectory);
  const options = {
    sources: [
      ...["a", "b"].map((name) => source(name, folder.file(`start/${name}`))),
      source("c", folder.file("c")),
    ],
    newDirectory,
    overwrite: false,
  };
  const places = await takePlaces(options);
  assert.deepEqual(
    [...places.places].map(([name, { directory }]) => [name, relative(folder.path, directory)]),
    [["a", "start_2/a"], ["b", "start_2/b"], ["c", "c"]],
  );
  assert.match(await refused(() => takePlaces(options), "already_in_use"), /c": another run/);
  await places[Symbol.asyncDispose]();
  assert.deepEqual(folder.names(), ["start"], "nothing came of it");
  const one = { sources: [source("a", newDirectory)], newDirectory, overwrite: false };
  await using alone = await takePlaces(one);
  assert.equal(alone.places.get("a")?.directory, `${newDirectory}_2`);
});

Deno.test("--overwrite takes events and their snapshots away, and nothing else in their directory", async () => {
  await using folder = new Folder();
  const path = folder.file("out");
  Deno.mkdirSync(folder.file("out/events"), { recursive: true });
  const ours = ["20260131T164501040Z-the.door-4.jpg", "20260131T164501040Z-door-12.jpg.part"];
  for (const name of ours) folder.write(`out/events/${name}`, "");
  folder.write("out/events.jsonl", "{}");
  folder.write("out/results.jsonl", "{}");
  assert.match(await refused(() => takePlace(path, false), "already_in_use"), /--overwrite/);
  folder.write("out/events/holiday.jpg", "mine");
  await using place = await takePlace(path, true);
  await place.clear();
  assert.deepEqual(folder.names("out"), [".smarteye.lock", "events"]);
  assert.deepEqual(folder.names("out/events"), ["holiday.jpg"]);
  Deno.removeSync(folder.file("out/events/holiday.jpg"));
  await place.clear();
  assert.deepEqual(folder.names("out"), [".smarteye.lock"]);
});
