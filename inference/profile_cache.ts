/** Measured latencies, kept on this machine: what "fastest" means. */

import { cpus } from "node:os";
import { dirname, join } from "node:path";
import envPaths from "env-paths";
import { z } from "zod";
import { messageOf } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { Latency } from "../core/model.ts";
import type { Manifest } from "../models/manifest.ts";
import { ORT_VERSION } from "./accelerator/runtime_version.ts";
import { briefReference } from "../core/reference.ts";
import { describeProvider } from "./provider.ts";
import type { SessionOptions } from "./network/session.ts";

const log = logger("profile");

const Profiles = z.record(
  z.string(),
  z.object({
    p50_ms: z.number().positive(),
    p95_ms: z.number().positive(),
    batch: z.int().positive().optional(),
    // By the number of cores, how many Workers infer as much as one on each of them.
    workers: z.record(z.string(), z.int().positive()).optional(),
    // What the key is made of, for whoever lists all of a model; files of 0.1 do not have it.
    provider: z.string().optional(),
    threads: z.number().int().positive().optional(),
  }),
);

/** How fast a model is. */
export interface Speed extends Latency {
  /** Pictures that are worth running together; absent where that was not measured. */
  readonly batch?: number | undefined;
}

/** A latency, and what it was measured on. */
export interface Profile extends Latency {
  /** As `describeProvider` has it. */
  readonly provider: string;
  /** Threads of the session. */
  readonly threads: number;
}

/** The file that profiles are kept in unless another is named. */
export function defaultProfilePath(): string {
  return join(envPaths("smarteye", { suffix: "" }).cache, "profile.json");
}

/**
 * Latencies by weights, onnxruntime's version, device and threads; a file that is lost is measured
 * again.
 */
export class ProfileCache {
  /** `path` is a JSON file's; it and its directory are made when there is something to keep. */
  constructor(private readonly path: string) {}

  /** What is kept of a model, if there is something. */
  async find(manifest: Manifest, session: SessionOptions): Promise<Speed | undefined> {
    const known = (await this.#read())[keyOf(manifest, session)];
    return known && speedOf(known);
  }

  /** Every latency of a model that this processor and this onnxruntime had, by what they ran on. */
  async all(manifest: Manifest): Promise<Profile[]> {
    const common = commonKeyOf(manifest);
    return Object.entries(await this.#read()).flatMap(([key, kept]) => {
      const { provider, threads, p50_ms, p95_ms } = kept;
      if (!key.startsWith(common) || provider === undefined || threads === undefined) return [];
      return [{ provider, threads, p50Ms: p50_ms, p95Ms: p95_ms }];
    });
  }

  /**
   * Keeps a profile in place of what was known; policies go by it from the next start on.
   *
   * @returns it, as it is kept: its latencies in thousandths.
   */
  async keep(manifest: Manifest, session: SessionOptions, speed: Speed): Promise<Speed> {
    const rounded = (ms: number) => Math.max(0.001, Number(ms.toFixed(3)));
    const { batch } = speed;
    const profiles = await this.#read();
    const { workers } = profiles[keyOf(manifest, session)] ?? {};
    const kept = {
      ...(workers ? { workers } : {}),
      ...{ p50_ms: rounded(speed.p50Ms), p95_ms: rounded(speed.p95Ms) },
      ...(batch === undefined ? {} : { batch }),
      ...{ provider: describeProvider(session.provider), threads: session.threads },
    };
    await this.#write({ ...profiles, [keyOf(manifest, session)]: kept });
    return speedOf(kept);
  }

  /** How many Workers infer with a model as much as one on each of so many cores, if that is known. */
  async workers(
    manifest: Manifest,
    session: SessionOptions,
    cores: number,
  ): Promise<number | undefined> {
    return (await this.#read())[keyOf(manifest, session)]?.workers?.[String(cores)];
  }

  /** Keeps that. Of a model whose latency is not known it is not kept. */
  async keepWorkers(
    manifest: Manifest,
    session: SessionOptions,
    cores: number,
    workers: number,
  ): Promise<void> {
    const profiles = await this.#read();
    const key = keyOf(manifest, session);
    const known = profiles[key];
    if (!known) return;
    const kept = { ...known, workers: { ...known.workers, [cores]: workers } };
    await this.#write({ ...profiles, [key]: kept });
  }

  async #read(): Promise<z.infer<typeof Profiles>> {
    try {
      return Profiles.parse(JSON.parse(await Deno.readTextFile(this.path)));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        log.debug("{path} is not readable, latencies are measured anew: {error}", {
          path: this.path,
          error: messageOf(error),
        });
      }
      return {};
    }
  }

  /** Written beside and renamed, so that a reader never sees half a file. */
  async #write(profiles: z.infer<typeof Profiles>): Promise<void> {
    const beside = `${this.path}.${crypto.randomUUID()}`;
    try {
      await Deno.mkdir(dirname(this.path), { recursive: true });
      await Deno.writeTextFile(beside, JSON.stringify(profiles, null, 2) + "\n");
      await Deno.rename(beside, this.path);
    } catch (error) {
      log.warn("cannot keep measured latencies in {path}: {error}", {
        path: this.path,
        error: messageOf(error),
      });
      await Deno.remove(beside).catch(() => {});
    }
  }
}

function speedOf({ p50_ms, p95_ms, batch }: z.infer<typeof Profiles>[string]): Speed {
  return { p50Ms: p50_ms, p95Ms: p95_ms, ...(batch === undefined ? {} : { batch }) };
}

function keyOf(manifest: Manifest, { provider, threads }: SessionOptions): string {
  const threaded = `${threads} thread${threads === 1 ? "" : "s"}`;
  return `${commonKeyOf(manifest)}${describeProvider(provider)} | ${threaded}`;
}

/** What the keys of a model begin with on this processor, with this onnxruntime. */
function commonKeyOf(manifest: Manifest): string {
  const processor = cpus()[0]?.model ?? "unknown processor";
  const parts = [briefReference(manifest), manifest.sha256, processor];
  return `${[...parts, `onnxruntime ${ORT_VERSION}`].join(" | ")} | `;
}
