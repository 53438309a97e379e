/** The whole system in processes of its own, and what a run of it leaves behind. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { FrameRecord } from "../../edge/record.ts";
import type { Summary } from "../../edge/statistics.ts";
import { Folder } from "./folder.ts";
import { Program } from "./program.ts";

/** Two servers, a forwarder and a folder for results. */
export class System implements AsyncDisposable {
  readonly #things = new AsyncDisposableStack();
  readonly #env: Record<string, string>;
  readonly out: Folder;
  servers: Program[] = [];
  addresses: string[] = [];
  forwarder!: Program;
  gateway = "";

  private constructor(models: string) {
    this.#env = { SMARTEYE_MODELS: models };
    this.out = this.#things.use(new Folder());
  }

  static async start(models: string): Promise<System> {
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
    return this.#things.use(new Program([...args, "--json"], this.#env));
  }

  edge(...args: string[]): Program {
    const forwarder = `http://${this.gateway}/image_handler`;
    return this.program("edge", "--forwarder", forwarder, "--out", this.out.file("run"), ...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#things.disposeAsync();
  }
}

/** The summary and the lines of an edge that ended well, the sums checked. */
export async function results(
  edge: Program,
  out: Folder,
): Promise<{ summary: Summary; records: FrameRecord[] }> {
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
