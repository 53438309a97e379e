/** A run's results on disk: annotated frames, lines of frames and events, the summary, its decisions. */

import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import type { RecordedRun } from "../decision_record.ts";
import type { SourceOptions } from "../options.ts";
import { DecisionSink } from "./decision_sink.ts";
import { EventSink } from "./event_sink.ts";
import { ImageSink } from "./image_sink.ts";
import { JsonlSink } from "./jsonl_sink.ts";
import type { Keeping } from "./keeping.ts";
import type { Sink } from "./sink.ts";
import { SummarySink } from "./summary_sink.ts";
import { cannotWrite } from "./write.ts";

/**
 * Makes the directory and starts the files. All of them lose nothing: their rule is `wait`.
 *
 * @param run what a recording of its decisions begins with.
 * @param keeping for how long, and with how much room; absent: for ever, and with all that there is.
 * @throws {SmarteyeError} when it cannot be written.
 */
export async function openFileSinks(
  { resultsDirectory, images, events, recording }: Pick<
    SourceOptions,
    "resultsDirectory" | "images" | "events" | "recording"
  >,
  clock: Clock,
  run: RecordedRun,
  keeping: Keeping = {},
): Promise<Sink[]> {
  await Deno.mkdir(resultsDirectory, { recursive: true }).catch((cause) => {
    throw cannotWrite(resultsDirectory, cause);
  });
  await using opened = new AsyncDisposableStack();
  const sinks: Sink[] = [];
  const add = async (opening: Promise<Sink>) => {
    const sink = await opening;
    sinks.push(sink);
    opened.defer(() => sink.close());
  };
  if (images !== "none") await add(ImageSink.open(resultsDirectory, images, keeping.room));
  await add(JsonlSink.open(join(resultsDirectory, "results.jsonl"), clock, keeping.parts));
  if (events !== "none") {
    await add(EventSink.open(resultsDirectory, clock, events === "all", keeping));
  }
  if (recording) await add(DecisionSink.open(recording, run, clock));
  await add(SummarySink.open(join(resultsDirectory, "summary.json")));
  opened.move(); // whoever has them closes them
  return sinks;
}
