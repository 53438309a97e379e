/** Every sink against the contract of sinks. */

import { FakeClock } from "../../core/fake_clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { ImagesRule } from "../options.ts";
import { sinkContract } from "../../tests/contracts/sink.ts";
import { FakeSink } from "../../tests/fakes/sink.ts";
import type { Folder } from "../../tests/fakes/folder.ts";
import type { Summary } from "../statistics.ts";
import { AddedSinks } from "./added/added_sinks.ts";
import { SINK_KIND_NAMES, SINK_KINDS, type SinkKind } from "./added/kinds.ts";
import { openToRead } from "./added/sqlite/open_database.ts";
import { DecisionSink } from "./decision_sink.ts";
import { EventSink } from "./event_sink.ts";
import { ImageSink } from "./image_sink.ts";
import { JsonlSink } from "./jsonl_sink.ts";
import { SummarySink } from "./summary_sink.ts";

sinkContract({
  name: "lines",
  open: (folder) => JsonlSink.open(folder.file("results.jsonl"), new FakeClock()),
  written: (folder) =>
    Deno.readTextFileSync(folder.file("results.jsonl")).trimEnd().split("\n")
      .map((line) => JSON.parse(line).frame),
  openBroken: Deno.build.os === "linux"
    ? () => JsonlSink.open("/dev/full", new FakeClock())
    : undefined,
});

const RUN = {
  ...{ source: "fake", policy: "scripted", control_policy: "./scripted.ts" },
  ...{ parameters: {}, seed: 1 },
};

sinkContract({
  name: "decisions",
  open: (folder) =>
    DecisionSink.open(
      { path: folder.file("fake.decisions.jsonl"), overwrite: true },
      RUN,
      new FakeClock(),
    ),
  written: (folder) =>
    Deno.readTextFileSync(folder.file("fake.decisions.jsonl")).trimEnd().split("\n").slice(1)
      .map((line) => JSON.parse(line).frame),
  openBroken: Deno.build.os === "linux"
    ? () => DecisionSink.open({ path: "/dev/full", overwrite: true }, RUN, new FakeClock())
    : undefined,
});

for (const rule of ["all", "detections", { every: 7 }] satisfies ImagesRule[]) {
  sinkContract({
    name: `images, ${JSON.stringify(rule)}`,
    open: (folder) => ImageSink.open(folder.path, rule),
    written: (folder) => folder.names().map((name) => Number(/^frame_(\d+)\.jpg$/.exec(name)![1])),
    openBroken: (folder) => ImageSink.open(folder.file("nowhere"), rule),
  });
}

for (const withSnapshots of [true, false]) {
  sinkContract({
    name: `events, ${withSnapshots ? "with" : "without"} snapshots`,
    open: (folder) => EventSink.open(folder.path, new FakeClock(), withSnapshots),
  });
}

sinkContract({
  name: "summary",
  open: (folder) => SummarySink.open(folder.file("summary.json")),
  openBroken: async (folder) => {
    await Deno.mkdir(folder.file("gone"));
    const sink = await SummarySink.open(folder.file("gone/summary.json"));
    await Deno.remove(folder.file("gone"), { recursive: true });
    return sink;
  },
});

for (const kind of SINK_KIND_NAMES) {
  sinkContract({
    name: kind,
    async open(folder) {
      const clock = new FakeClock();
      const { address }: SinkKind = SINK_KINDS[kind];
      // Nobody is there: that is no matter of the run.
      const where = address
        ? `${address.schemes[0]}://a:secret@127.0.0.1:9`
        : folder.file("out.json");
      const options = { name: kind, kind, where, what: [], queueLengthMax: 64, sources: [] };
      const added = new AddedSinks({ sinks: [options], isSeveral: false, overwrite: true, clock });
      const [sink] = await added.of({
        options: { name: "a", source: "0", resultsDirectory: folder.path, events: "none" },
        ...{ live: false, input: "a:secret@b", policy: "p", seed: 1 },
      });
      const close = sink!.close.bind(sink);
      return Object.assign(sink!, {
        async close(summary?: Summary) {
          await close(summary);
          await added[Symbol.asyncDispose]();
        },
      });
    },
    ...(kind === "sqlite"
      ? { written: (folder: Folder) => framesIn(folder.file("out.json")) }
      : {}),
  });
}

function framesIn(path: string): number[] {
  using database = openToRead(path);
  return database.prepare("SELECT frame FROM frames ORDER BY id").all()
    .map(({ frame }) => Number(frame));
}

sinkContract({
  name: "fake",
  open: () => Promise.resolve(new FakeSink({ pictures: true, atOnce: 3 }, new FakeClock())),
  written: (_, sink) =>
    (sink as FakeSink).records.filter(({ outcome }) => outcome !== "dropped")
      .map(({ frame }) => frame),
  openBroken: () => {
    const write = ({ frame }: { frame: number }) => {
      if (frame === 2) throw new SmarteyeError("failed_precondition", "Cannot write 2");
    };
    return Promise.resolve(new FakeSink({ write }, new FakeClock()));
  },
});
