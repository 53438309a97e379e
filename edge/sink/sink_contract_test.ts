/** Every sink against the contract of sinks. */

import { FakeClock } from "../../core/fake_clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { sinkContract } from "../../tests/contracts/sink.ts";
import { FakeSink } from "../../tests/fakes/sink.ts";
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

sinkContract({
  name: "images",
  open: (folder) => ImageSink.open(folder.path),
  written: (folder) =>
    folder.names().filter((name) => name.endsWith(".jpg"))
      .map((name) => Number(/\d+/.exec(name)![0])),
  openBroken: (folder) => ImageSink.open(folder.file("nowhere")),
});

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
