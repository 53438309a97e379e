/** A run's results on disk: annotated frames, `results.jsonl`, `summary.json`. */

import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import type { SourceOptions } from "../options.ts";
import { ImageSink } from "./image_sink.ts";
import { JsonlSink } from "./jsonl_sink.ts";
import type { Sink } from "./sink.ts";
import { SummarySink } from "./summary_sink.ts";
import { cannotWrite } from "./write.ts";

/**
 * Makes the directory and starts the files. All of them lose nothing: their rule is `wait`.
 *
 * @throws {SmarteyeError} when it cannot be written.
 */
export async function openFileSinks(
  { resultsDirectory, images }: Pick<SourceOptions, "resultsDirectory" | "images">,
  clock: Clock,
): Promise<Sink[]> {
  await Deno.mkdir(resultsDirectory, { recursive: true }).catch((cause) => {
    throw cannotWrite(resultsDirectory, cause);
  });
  const lines = await JsonlSink.open(join(resultsDirectory, "results.jsonl"), clock);
  try {
    return [
      ...(images !== "none" ? [await ImageSink.open(resultsDirectory)] : []),
      lines,
      await SummarySink.open(join(resultsDirectory, "summary.json")),
    ];
  } catch (error) {
    await lines.close();
    throw error;
  }
}
