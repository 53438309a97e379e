/** A server at 80 % of what it carries, for as long as `SMARTEYE_SOAK_S` says: no error, and no trend. */

import assert from "node:assert/strict";
import { credentials, status } from "@grpc/grpc-js";
import { systemClock } from "../core/clock.ts";
import { PixelPicture } from "../core/image.ts";
import { percentile } from "../core/rolling_window.ts";
import { Inference } from "../proto/grpc_service.ts";
import { STREET_DEFAULTS } from "../street/options.ts";
import { StreetScene } from "../street/scene.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";

/** Seconds of load: enough to see a fault, not a slow leak, unless more are asked for. */
const SECONDS = Number(Deno.env.get("SMARTEYE_SOAK_S") ?? 15);

/** Milliseconds that a request may take. */
const DEADLINE_MS = 10_000;

/** Share of the capacity that is offered. */
const LOAD = 0.8;

/** Share that may be refused. */
const REFUSED_MAX = 0.5;

/** Share by which memory may grow from the first quarter to the last: at first it fills. */
const GROWTH_MAX = SECONDS < 60 ? 0.5 : 0.1;

/** Calls a server, and notes how long each call took. */
class Caller implements Disposable {
  readonly #client: InstanceType<typeof Inference>;
  /** Those that ended otherwise than with an answer or with "not now". */
  readonly errors: string[] = [];
  refused = 0;
  readonly tookMs: number[] = [];

  constructor(address: string, private readonly encoded: Uint8Array<ArrayBuffer>) {
    this.#client = new Inference(address, credentials.createInsecure());
  }

  infer(): Promise<void> {
    const beganAtMs = performance.now();
    return new Promise((resolve) => {
      this.#client.Infer(
        { model: "smarteye_street", encoded: this.encoded as never },
        { deadline: Date.now() + DEADLINE_MS },
        (error) => {
          if (error?.code === status.RESOURCE_EXHAUSTED) this.refused++;
          else if (error) this.errors.push(error.message);
          else this.tookMs.push(performance.now() - beganAtMs);
          resolve();
        },
      );
    });
  }

  /** Calls a second that are answered with eight under way. */
  async capacity(seconds: number): Promise<number> {
    const untilMs = performance.now() + seconds * 1000;
    const before = this.tookMs.length;
    await Promise.all(Array.from({ length: 8 }, async () => {
      while (performance.now() < untilMs) await this.infer();
    }));
    return (this.tookMs.length - before) / seconds;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** Starts a server on one Worker, and makes what is to call it. */
async function serve(
  folder: Folder,
  encoded: Uint8Array<ArrayBuffer>,
): Promise<{ readonly program: Program; readonly caller: Caller }> {
  const args = ["serve", "--listen", "127.0.0.1:0", "--json", "--workers", "1"];
  const program = new Program(args, { SMARTEYE_MODELS: folder.file("models") });
  return { program, caller: new Caller(await program.address(), encoded) };
}

/** Resident bytes of a process. */
async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

Deno.test({
  name: `a server at 80 % of its capacity answers everything for ${SECONDS} s, and does not grow`,
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = new Folder();
    const picture = new PixelPicture(
      (await (await StreetScene.create(STREET_DEFAULTS)).render(7)).pixels,
    );
    const encoded = await picture.jpeg(picture, 80);
    const served = await serve(folder, encoded);
    await using program = served.program;
    using caller = served.caller;
    await caller.capacity(2);
    const perSecond = LOAD * await caller.capacity(3);
    const quarters: { p50Ms: number; bytes: number }[] = [];
    const clock = systemClock;
    const beganAtMs = clock.nowMs();
    const underWay = new Set<Promise<void>>();
    const before = caller.tookMs.length;
    let sent = 0;
    for (const quarter of [1, 2, 3, 4]) {
      const already = caller.tookMs.length;
      const untilMs = beganAtMs + quarter * SECONDS * 250;
      while (clock.nowMs() < untilMs) {
        for (; sent < (clock.nowMs() - beganAtMs) / 1000 * perSecond; sent++) {
          const call = caller.infer();
          underWay.add(call);
          void call.then(() => underWay.delete(call));
        }
        await clock.sleep(5);
      }
      const p50Ms = percentile(caller.tookMs.slice(already), 50)!;
      quarters.push({ p50Ms, bytes: await residentBytes(program.pid) });
    }
    await Promise.all(underWay);
    assert.deepEqual(caller.errors, []);
    // Where others take the processor meanwhile, 80 % is soon too much: then it says so.
    assert.ok(caller.refused < REFUSED_MAX * sent, `${caller.refused} of ${sent} were refused`);
    assert.equal(caller.tookMs.length - before + caller.refused, sent, "each has one outcome");
    const [first, last] = [quarters[0]!, quarters[3]!];
    const told = JSON.stringify({ perSecond, sent, refused: caller.refused, quarters });
    assert.ok(last.bytes < (1 + GROWTH_MAX) * first.bytes, told);
    console.log(told);
    if (last.p50Ms < Math.max(500, 5 * first.p50Ms)) return;
    // A busy machine is no trend: one that has just started is as slow then.
    const fresh = await serve(folder, encoded);
    await using another = fresh.program;
    using other = fresh.caller;
    await other.capacity(2);
    const [old, young] = [await caller.capacity(3), await other.capacity(3)];
    assert.ok(old > 0.85 * young, `${old} a second, ${young} by ${another.pid}; ${told}`);
  },
});
