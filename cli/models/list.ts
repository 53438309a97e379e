/** Every known model, for people or for a program. */

import type { Service } from "../../core/detection.ts";
import type { Latency } from "../../core/model.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { rankedAccuracy } from "../../models/accuracy.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import type { Manifest } from "../../models/manifest.ts";
import { briefReference } from "../../core/reference.ts";
import { defaultProfilePath, type Profile, ProfileCache } from "../../inference/profile_cache.ts";
import { CPU } from "../../inference/provider.ts";
import { byteSize, type Column, table } from "../table.ts";

/** Options of `smarteye models list`. */
export interface ListOptions {
  /** The model directory. */
  readonly directory: string;
  /** Only models of this service; all where absent. */
  readonly service: Service | undefined;
  /** Print an array of objects, not a table. */
  readonly json: boolean;
}

/** Whether a model can be used, or what it lacks. */
export type ModelState = "present" | "wrong_size" | "can_be_pulled" | "no_weights";

/** A model, as `--json` tells of it. */
export interface ListedModel {
  /** Unique among the models, together with the version. */
  readonly name: string;
  /** Which of that name it is. */
  readonly version: string;
  /** What it does. */
  readonly service: Service;
  /** Name of its decoder. */
  readonly family: string;
  /** The picture that it takes, in pixels, and how another one is brought to that size. */
  readonly input: { readonly width: number; readonly height: number; readonly fit: string };
  /** Of the weights' file, else what the manifest says. */
  readonly bytes: number | null;
  /** As its manifest has it. */
  readonly accuracy: Manifest["accuracy"] | null;
  /** One inference on one thread of this machine's processor, once it was measured. */
  readonly latency_ms: { readonly p50: number; readonly p95: number } | null;
  /** The same on everything that it was measured on, accelerators among them. */
  readonly latencies: readonly {
    readonly provider: string;
    readonly threads: number;
    readonly p50: number;
    readonly p95: number;
  }[];
  /** Whether it can be used. */
  readonly state: ModelState;
  /** Where the weights are, or would be. */
  readonly path: string;
  /** Licence of the weights. */
  readonly license: string;
  /** Where the weights come from. */
  readonly source: string;
  /** Where they can be pulled from. */
  readonly url: string | null;
}

/** What latencies are told of: the same for every model, as the edge runs them. */
const ONE_THREAD = { threads: 1, provider: CPU };

const STATES: Readonly<Record<ModelState, string>> = {
  present: "ready to use",
  wrong_size: "wrong weights",
  can_be_pulled: "can be pulled",
  no_weights: "no weights",
};

/** Lists the models. @throws {SmarteyeError} when the model directory cannot be read. */
export async function run(
  { directory, service, json }: ListOptions,
  { print }: RoleDeps,
): Promise<ExitStatus> {
  const catalogue = await Catalogue.open(directory);
  const profiles = new ProfileCache(defaultProfilePath());
  const models = await Promise.all(
    catalogue.list(service).map(async (entry) =>
      listed(
        entry,
        await profiles.find(entry.manifest, ONE_THREAD),
        await profiles.all(entry.manifest),
      )
    ),
  );
  print(json ? JSON.stringify(models) : modelTable(models, directory));
  return 0;
}

async function listed(
  { manifest, path, present }: CatalogueEntry,
  latency: Latency | undefined,
  profiles: readonly Profile[],
): Promise<ListedModel> {
  const { name, version, service, decoder, input, accuracy, license, source, url } = manifest;
  const size = present ? (await Deno.stat(path)).size : undefined;
  return {
    name,
    version,
    service,
    family: decoder,
    input: { width: input.width, height: input.height, fit: input.fit },
    bytes: size ?? manifest.bytes ?? null,
    accuracy: accuracy ?? null,
    latency_ms: latency ? { p50: latency.p50Ms, p95: latency.p95Ms } : null,
    latencies: profiles.map(({ provider, threads, p50Ms, p95Ms }) => ({
      ...{ provider, threads, p50: p50Ms, p95: p95Ms },
    })),
    state: stateOf(manifest, size),
    path,
    license,
    source,
    url: url ?? null,
  };
}

/** Of the file only its size is looked at: what is loaded or pulled is hashed. */
function stateOf({ url, bytes }: Manifest, size: number | undefined): ModelState {
  if (size === undefined) return url === undefined ? "no_weights" : "can_be_pulled";
  return bytes === undefined || size === bytes ? "present" : "wrong_size";
}

/** The least latency on an accelerator, and on which. */
function acceleratedText({ latencies }: Pick<ListedModel, "latencies">): string {
  const [best] = latencies.filter(({ provider }) => provider !== CPU.kind)
    .toSorted((a, b) => a.p50 - b.p50);
  return best === undefined ? "" : `${best.p50.toFixed(1)} ms, ${best.provider}`;
}

function modelTable(models: readonly ListedModel[], directory: string): string {
  const metrics = [...new Set(models.flatMap(({ accuracy }) => accuracy?.metric ?? []))];
  const mark = (metric: string) => `(${metrics.indexOf(metric) + 1})`;
  const rows = models.map(({ name, service, family, input, bytes, accuracy, ...model }) => [
    briefReference({ name, version: model.version }),
    service,
    family,
    `${input.fit === "as_is" ? "≤ " : ""}${input.width}×${input.height}`,
    bytes === null ? "–" : byteSize(bytes),
    accuracy ? `${accuracy.value.toFixed(1)} ${mark(accuracy.metric)}` : "–",
    model.latency_ms === null ? "–" : `${model.latency_ms.p50.toFixed(1)} ms`,
    acceleratedText(model),
    STATES[model.state],
  ]);
  const isAccelerated = rows.some((row) => row.at(-2) !== "");
  const without = <T>(cells: readonly T[]) => isAccelerated ? cells : cells.toSpliced(-2, 1);
  const shown = table(
    without<Column>([
      ["name", "left"],
      ["service", "left"],
      ["family", "left"],
      ["input", "right"],
      ["size", "right"],
      ["accuracy", "right"],
      ["latency", "right"],
      ["on an accelerator", "left"],
      ["state", "left"],
    ]),
    rows.map((row) => without(row)),
  );
  const isRanked = (metric: string) =>
    models.some((model) =>
      model.accuracy?.metric === metric &&
      rankedAccuracy({ service: model.service, accuracy: model.accuracy }) !== undefined
    );
  const notes = metrics.map((metric) =>
    `${mark(metric)} ${metric}${isRanked(metric) ? "" : ": compares with no other, ranked last"}`
  );
  return [
    shown,
    ...notes,
    ...(models.some(({ accuracy }) => accuracy === null)
      ? [
        "accuracy –: none is known, policies rank such a model last " +
        "(smarteye models rate NAME --accuracy METRIC=VALUE)",
      ]
      : []),
    "latency: median of one inference on one thread of this machine, once it was measured",
    `model directory: ${directory}`,
  ].join("\n");
}
