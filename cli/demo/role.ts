/** The demo: two servers, a forwarder and an edge in processes of their own, on one street. */

import { join } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { logger, type LogLevel } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { STREET_DEFAULTS } from "../../street/options.ts";
import { type Sample, writeSample } from "../../street/sample_writer.ts";
import type { Summary } from "../../edge/statistics.ts";
import { SelfProcess } from "./processes.ts";
import { scoreOf, scoreTable } from "./score.ts";
import { summaryTable } from "./table.ts";

const log = logger("demo");

const SERVERS = 2;

/** Options of `smarteye demo`. */
export interface DemoOptions {
  /** Where the video and the results go. */
  readonly directory: string;
  /** The edge's control policy, as `smarteye edge` takes it. */
  readonly policy: string;
  /** Stop after this many frames; 0 = all. */
  readonly frames: number;
  /** The config file, for all its processes; each looks for it by itself when there is none. */
  readonly config: string | undefined;
  /** For all its processes; what the servers and the forwarder log is shown under `debug`. */
  readonly logLevel: LogLevel;
  /** Print the edge's summary as one JSON object on stdout, not as a table. */
  readonly json: boolean;
}

/** Runs the demo. @throws {SmarteyeError} when a process fails. */
export async function run(options: DemoOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { directory, json } = options;
  await Deno.mkdir(directory, { recursive: true }).catch((cause) => {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot write to "${directory}": ${messageOf(cause)}; another directory is wanted (--out)`,
      { cause },
    );
  });
  const sample = await renderStreet(directory, deps);
  const summary = await runSystem(options, sample, deps);
  const results = join(directory, "results");
  const score = scoreOf(
    await Deno.readTextFile(sample.truthPath),
    await Deno.readTextFile(join(results, "results.jsonl")),
  );
  if (json) {
    deps.print(JSON.stringify({ ...summary, score }));
    return 0;
  }
  deps.print(summaryTable(summary));
  deps.print(scoreTable(score));
  deps.print(`annotated frames and results: ${results}`);
  return 0;
}

function renderStreet(directory: string, { progress, drain }: RoleDeps): Promise<Sample> {
  return writeSample(
    join(directory, "sample.mp4"),
    STREET_DEFAULTS,
    (done, total) => progress?.(`rendering the street: ${done}/${total} frames`),
    drain,
  );
}

/** What all processes of the demo are told. */
function commonFlags({ config, logLevel }: DemoOptions, isQuiet: boolean): string[] {
  const flags = ["--json", "--log-level", logLevel];
  if (isQuiet) flags.push("--quiet");
  if (config !== undefined) flags.push(`--config=${config}`);
  return flags;
}

async function runSystem(
  options: DemoOptions,
  sample: Sample,
  { clock, drain, progress }: RoleDeps,
): Promise<Summary> {
  const common = commonFlags(options, progress === undefined);
  const stderr = options.logLevel === "debug" ? "inherit" : "keep";
  const started: SelfProcess[] = [];
  const start = (name: string, args: string[], shown: "inherit" | "keep" = stderr) => {
    const process = new SelfProcess(name, args, shown, clock);
    started.push(process);
    return process;
  };
  const interrupted = Promise.withResolvers<never>();
  interrupted.promise.catch(() => {}); // raced below
  const stop = () => interrupted.reject(new SmarteyeError("cancelled", "the demo was stopped"));
  drain.addEventListener("abort", stop, { once: true });
  try {
    progress?.("starting two inference servers and a forwarder");
    const servers = Array.from(
      { length: SERVERS },
      (_, i) =>
        start(`server ${i + 1}`, ["serve", "--listen", "127.0.0.1:0", "--workers", "1", ...common]),
    );
    const addresses = await Promise.race([
      Promise.all(servers.map((server) => server.listenAddress())),
      interrupted.promise,
    ]);
    const forwarder = start("the forwarder", [
      "forward",
      "--listen",
      "127.0.0.1:0",
      "--servers",
      addresses.join(","),
      ...common,
    ]);
    const gateway = await Promise.race([forwarder.listenAddress(), interrupted.promise]);
    drain.removeEventListener("abort", stop);
    log.info("inference servers on {addresses}, forwarder on http://{gateway}", {
      addresses: addresses.join(" and "),
      gateway,
    });
    const edge = start("the edge", [
      "edge",
      "--file",
      sample.videoPath,
      "--interval",
      "0",
      "--policy",
      options.policy,
      "--frames",
      String(options.frames),
      "--forwarder",
      `http://${gateway}/image_handler`,
      ...["--out", join(options.directory, "results"), "--overwrite"], // as the video beside it is
      ...common,
    ], "inherit");
    drain.addEventListener("abort", () => edge.interrupt(), { once: true });
    const summary: Summary = JSON.parse(await edge.nextLine());
    if (await edge.ended() === 0) return summary;
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot finish the demo: the edge stopped early: ${summary.error ?? "it said why above"}`,
    );
  } finally {
    drain.removeEventListener("abort", stop);
    for (const process of started.reverse()) await process.stop();
  }
}
