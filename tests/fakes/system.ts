/** The whole system in processes of its own, and what a run of it leaves behind. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { FrameRecord } from "../../edge/record.ts";
import type { Summary } from "../../edge/statistics.ts";
import { Folder } from "./folder.ts";
import { Program } from "./program.ts";

/** Milliseconds that a run may take to get somewhere, on a busy machine. */
const PATIENCE_MS = 60_000;

/** Two servers, a forwarder and a folder for results. */
export class System implements AsyncDisposable {
  readonly #things = new AsyncDisposableStack();
  readonly #env: Record<string, string>;
  /** Gone after the test. */
  readonly out: Folder;
  /** Both servers. */
  servers: Program[] = [];
  addresses: string[] = [];
  forwarder!: Program;
  gateway = "";

  private constructor(models: string | undefined) {
    this.out = this.#things.use(new Folder());
    this.#env = {
      SMARTEYE_MODELS: models ?? this.out.file("none"),
      // A busy machine is no failure of the cloud, and what comes back is soon seen.
      SMARTEYE_EDGE_SETTING_DEADLINE_MS: "10000",
      SMARTEYE_MONITOR_MONITOR_INTERVAL: "0.5",
    };
  }

  /** Starts the servers, with the models of a directory, else with those that come with the program. */
  static async start(models?: string): Promise<System> {
    const system = new System(models);
    system.servers = [1, 2].map(() =>
      system.program("serve", "--listen", "127.0.0.1:0", "--workers", "1")
    );
    system.addresses = await Promise.all(system.servers.map((server) => server.address()));
    await system.forward("127.0.0.1:0");
    return system;
  }

  /** Starts the forwarder. */
  async forward(listen: string): Promise<void> {
    this.forwarder = this.program(
      "forward",
      "--listen",
      listen,
      "--servers",
      this.addresses.join(","),
    );
    this.gateway = await this.forwarder.address();
  }

  /** Starts one of the roles; it ends with the system. */
  program(...args: string[]): Program {
    return this.#programWith({}, ...args);
  }

  /** Starts an edge on this cloud; its results go to `run`. */
  edge(...args: string[]): Program {
    return this.edgeWith({}, ...args);
  }

  /** The same on a machine that differs from the servers' in some variables. */
  edgeWith(env: Readonly<Record<string, string>>, ...args: string[]): Program {
    const forwarder = `http://${this.gateway}/image_handler`;
    const common = [
      "edge",
      "--forwarder",
      forwarder,
      ...["--out", this.out.file("run")],
      "--overwrite",
    ];
    return this.#programWith(env, ...common, ...args);
  }

  /** The records that the edge has written by now. */
  async records(): Promise<FrameRecord[]> {
    const text = await Deno.readTextFile(this.out.file("run/results.jsonl")).catch(() => "");
    return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  /** Waits until the records that the edge writes are as the test wants them. */
  async recorded(what: string, areThere: (records: FrameRecord[]) => boolean): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
      if (areThere(await this.records())) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const outcomes = (await this.records()).map(({ outcome, server }) => `${outcome} ${server}`);
    throw new Error(`there was never ${what}: ${outcomes.slice(-20).join(", ")}`);
  }

  /** The summary and the records of an edge that ended well, the sums checked. */
  async results(edge: Program): Promise<Results> {
    return await resultsOf(edge, this.out);
  }

  #programWith(env: Readonly<Record<string, string>>, ...args: string[]): Program {
    return this.#things.use(new Program([...args, "--json"], { ...this.#env, ...env }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#things.disposeAsync();
  }
}

/** What a run of an edge leaves behind. */
export interface Results {
  readonly summary: Summary;
  /** In the order of capture. */
  readonly records: readonly FrameRecord[];
}

async function resultsOf(edge: Program, out: Folder): Promise<Results> {
  const { code, stdout, stderr } = await edge.ran();
  assert.equal(code, 0, stderr);
  const summary: Summary = JSON.parse(stdout);
  const directory = out.file("run");
  assert.deepEqual(JSON.parse(await Deno.readTextFile(join(directory, "summary.json"))), summary);
  const lines = (await Deno.readTextFile(join(directory, "results.jsonl"))).trimEnd().split("\n");
  const records: FrameRecord[] = lines.map((line) => JSON.parse(line));
  const { captured, ...outcomes } = summary.frames;
  assert.equal(
    captured,
    Object.values(outcomes).reduce((sum, n) => sum + n, 0),
    "the sums are right",
  );
  assert.deepEqual(
    records.map(({ frame }) => frame),
    Array.from({ length: captured }, (_, i) => i + 1),
    "one line a captured frame, in order",
  );
  for (const [outcome, n] of Object.entries(outcomes)) {
    assert.equal(records.filter((record) => record.outcome === outcome).length, n, outcome);
  }
  assert.equal(records.filter(({ fallback }) => fallback).length, summary.fallbacks);
  assert.equal(records.reduce((sum, { bytes_up }) => sum + bytes_up, 0), summary.bytes.up);
  assert.equal(records.reduce((sum, { bytes_down }) => sum + bytes_down, 0), summary.bytes.down);
  return { summary, records };
}
