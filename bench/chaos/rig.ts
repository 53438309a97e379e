/**
 * A real forwarder before servers that are killed, stopped, slowed and restarted by chance, while senders
 * send: each a process of its own. The seed chooses what happens to whom;
 * when it may, so that one is well at any time, depends on how soon servers are back.
 */

import { fileURLToPath } from "node:url";
import { every, systemClock } from "../../core/clock.ts";
import { pickIndex, type Rng, seededRng } from "../../core/rng.ts";
import { within } from "../../core/within.ts";
import { ServersAnswer } from "../../proto/http_codec.ts";
import type { Answered } from "./senders.ts";

/** What may happen to a server. */
export const FAULTS = ["killed", "stopped", "slowed", "restarted"] as const;
type Fault = typeof FAULTS[number];

/** What is done. */
export interface ChaosOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly servers: number;
  readonly clients: number;
  /** Of `[forwarder]`, as in the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told of each fault. */
  readonly say?: (line: string) => void;
}

/** What became of it. */
export interface ChaosReport {
  readonly answered: Answered;
  /** How often each happened. */
  readonly faults: Readonly<Record<Fault, number>>;
  /** Requests that the forwarder counts as under way when all senders have ended, and those of servers. */
  readonly inFlight: readonly number[];
  /** MiB of the forwarder soon after it began, when it was most, and at the end. */
  readonly memoryMiB: { readonly first: number; readonly most: number; readonly last: number };
  /** What the forwarder counted, at the end: the sum over all servers, by name and other labels. */
  readonly counted: Readonly<Record<string, number>>;
}

/** Milliseconds between two looks of the forwarder at its servers. */
export const INTERVAL_MS = 1000;

/** Milliseconds within which it knows that a server hangs: `Monitor.foundWithinMs`. */
export const FOUND_WITHIN_MS = 2 * INTERVAL_MS;

/** Milliseconds that a request may take. */
export const DEADLINE_MS = 5000;

/** Milliseconds that an answer takes of a server that is well, and of one that is slowed. */
const QUICK_MS = 20;
const SLOW_MS = 400;

/** Milliseconds that a sender pauses, on average. */
const PAUSE_MS = 150;

/** Milliseconds between two faults, at least and at most; and how long one lasts. */
const BETWEEN_MS = [300, 2000] as const;
const LASTS_MS = [1500, 6000] as const;

/** Milliseconds between two that are stopped: a request waits for one of them to be known only. */
const STOPS_APART_MS = FOUND_WITHIN_MS + 1500;

/** Milliseconds from the beginning after which memory is compared with what it was. */
const WARM_MS = 5000;

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const SERVER = fileURLToPath(new URL("./server.ts", import.meta.url));
const CLIENTS = fileURLToPath(new URL("./senders.ts", import.meta.url));

/** A process of ours. */
class Child {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  #said = "";
  readonly #read: Promise<void>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...args],
      env: { SMARTEYE_CONFIG: "", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#read = this.#collect(this.#child.stdout);
  }

  async #collect(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of output.pipeThrough(new TextDecoderStream())) this.#said += text;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Where it listens, when it does. */
  async address(): Promise<string> {
    for (let i = 0; i < 3000; i++) {
      const found = /"listen":\s*"([^"]+)"/.exec(this.#said);
      if (found) return found[1]!;
      await systemClock.sleep(20);
    }
    throw new Error(`it does not listen, and said ${this.#said}`);
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async write(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** What it said, when it has ended after the end of its input. */
  async finish(): Promise<string> {
    await this.#input.close();
    await this.#child.status;
    await this.#read;
    return this.#said;
  }

  async end(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended already.
    }
    await this.#child.status;
    await this.#read;
    await this.#input.abort().catch(() => {}); // nobody reads it any more
  }
}

/** A server on a port that it keeps. */
class Victim {
  #child: Child;
  address = "";
  /** Nothing is wrong with it, as far as is known here. */
  isWell = true;

  constructor() {
    this.#child = this.#start(0);
  }

  async listens(): Promise<void> {
    this.address = await this.#child.address();
  }

  /** Goes through a fault, to the end of it. */
  async suffer(fault: Fault, forMs: number, over: AbortSignal): Promise<void> {
    this.isWell = false;
    const rest = () => systemClock.sleep(forMs, over);
    switch (fault) {
      case "killed":
        await this.#child.end();
        await rest();
        await this.#restart();
        break;
      case "restarted":
        await this.#child.end("SIGTERM");
        await this.#restart();
        break;
      case "stopped":
        this.#child.signal("SIGSTOP");
        await rest();
        this.#child.signal("SIGCONT");
        break;
      case "slowed":
        await this.#child.write(`${SLOW_MS}`);
        await rest();
        await this.#child.write(`${QUICK_MS}`);
        break;
      default:
        fault satisfies never;
    }
    this.isWell = true;
  }

  end(): Promise<void> {
    return this.#child.end();
  }

  async #restart(): Promise<void> {
    this.#child = this.#start(Number(this.address.split(":")[1]));
    await this.#child.address();
  }

  #start(port: number): Child {
    return new Child([SERVER, `${port}`, `${QUICK_MS}`]);
  }
}

/** Lets it happen, and tells what became of it. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, clients } = options;
  await using children = new AsyncDisposableStack();
  const victims = Array.from({ length: options.servers }, () => {
    const victim = new Victim();
    children.defer(() => victim.end());
    return victim;
  });
  await Promise.all(victims.map((victim) => victim.listens()));
  const servers = victims.map(({ address }) => address).join(",");
  const forwarder = new Child(
    [MAIN, "forward", "--listen", "127.0.0.1:0", "--servers", servers, "--json", "--quiet"],
    { SMARTEYE_MONITOR_MONITOR_INTERVAL: `${INTERVAL_MS / 1000}`, ...options.env },
  );
  children.defer(() => forwarder.end());
  const base = `http://${await forwarder.address()}`;
  const url = `${base}/image_handler?model=m&deadline_ms=${DEADLINE_MS}`;
  const senders = new Child([CLIENTS, url, `${clients}`, `${PAUSE_MS}`, `${seed}`]);
  children.defer(() => senders.end());

  const over = new AbortController();
  const memory = watchMemory(forwarder.pid, over.signal);
  const faults = await wreak(victims, base, options);
  const answered: Answered = JSON.parse(await senders.finish());
  const scrape = await (await fetch(`${base}/metrics`)).text();
  over.abort();
  const inFlight = [...scrape.matchAll(/_in_flight(?:\{.*\})? (\d+)$/gm)]
    .map(([, value]) => Number(value));
  return { answered, faults, inFlight, memoryMiB: await memory, counted: countedOf(scrape) };
}

function countedOf(scrape: string): Record<string, number> {
  const counted: Record<string, number> = {};
  const lines = /^smarteye_forwarder_((?:retries|hedges|ejections|failures)\w*)\{(.*)\} (\d+)$/gm;
  for (const [, name, labels, value] of scrape.matchAll(lines)) {
    const others = labels!.split(",").filter((label) => !label.startsWith("server="));
    const what = [name, ...others].join(" ");
    counted[what] = (counted[what] ?? 0) + Number(value);
  }
  return counted;
}

/** Has faults happen until the time is up, and ends them. @returns how many of each. */
async function wreak(
  victims: readonly Victim[],
  base: string,
  { seed, durationMs, say = () => {} }: ChaosOptions,
): Promise<Record<Fault, number>> {
  const rng = seededRng(seed);
  const faults: Record<Fault, number> = { killed: 0, stopped: 0, slowed: 0, restarted: 0 };
  const over = new AbortController();
  const suffering = new Set<Promise<void>>();
  const beganAtMs = systemClock.nowMs();
  const elapsedMs = () => systemClock.nowMs() - beganAtMs;
  let stoppedAtMs = -Infinity;
  while (elapsedMs() < durationMs) {
    await systemClock.sleep(between(rng, BETWEEN_MS));
    const victim = victims[pickIndex(rng, victims.length)]!;
    const fault = FAULTS[pickIndex(rng, FAULTS.length)]!;
    const forMs = between(rng, LASTS_MS);
    if (!victim.isWell || !await othersServe(victim, victims, base)) continue;
    if (fault === "stopped" && elapsedMs() - stoppedAtMs < STOPS_APART_MS) continue;
    if (fault === "stopped") stoppedAtMs = elapsedMs();
    faults[fault]++;
    say(`${(elapsedMs() / 1000).toFixed(1)} s: ${victim.address} is ${fault}`);
    const suffers = victim.suffer(fault, forMs, over.signal).finally(() =>
      suffering.delete(suffers)
    );
    suffering.add(suffers);
  }
  over.abort();
  if (!await within(60_000, Promise.all(suffering), systemClock)) {
    throw new Error("what was done to a server does not end");
  }
  return faults;
}

function between(rng: Rng, [least, most]: readonly [number, number]): number {
  return least + (most - least) * rng();
}

/** Whether one beside it is well, and the forwarder knows that it is. */
async function othersServe(one: Victim, all: readonly Victim[], base: string): Promise<boolean> {
  const answer = await (await fetch(`${base}/v1/servers`)).json();
  const ready = ServersAnswer.parse(answer).servers
    .filter(({ state, detail }) => state === "ready" && detail === "")
    .map(({ name }) => name);
  return all.some((other) => other !== one && other.isWell && ready.includes(other.address));
}

async function watchMemory(pid: number, over: AbortSignal): Promise<ChaosReport["memoryMiB"]> {
  const read = async () => {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    return Math.round(Number(/VmRSS:\s*(\d+) kB/.exec(status)![1]) / 1024);
  };
  await systemClock.sleep(WARM_MS, over);
  const first = await read();
  let [most, last] = [first, first];
  await every(systemClock, 500, async () => {
    last = await read();
    most = Math.max(most, last);
  }, over);
  return { first, most, last };
}
