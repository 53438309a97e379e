/** What there is to infer with here: looked at, tried, told. */

import { cpus } from "node:os";
import type { Clock } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { type AcceleratorWish, chooseProvider, prove } from "../../inference/accelerator/choose.ts";
import { examineCuda, examineWebGpu } from "../../inference/accelerator/diagnose.ts";
import { ORT_VERSION } from "../../inference/accelerator/runtime_version.ts";
import { defaultProfilePath } from "../../inference/profile_cache.ts";
import { CPU, describeProvider } from "../../inference/provider.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import type { Diagnosis, Tried } from "./diagnosis.ts";
import { diagnosisText } from "./text.ts";

/** The model that is tried where it is here: the program brings it. */
const TRIED = "smarteye_street";

/** Options of `smarteye doctor`. */
export interface DoctorOptions extends AcceleratorWish {
  /** The model directory. */
  readonly directory: string;
  /** Print one object, not text. */
  readonly json: boolean;
}

/** Examines. `0`: what was asked for works. @throws {SmarteyeError} when no model is here. */
export async function run(options: DoctorOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { clock, drain, print, progress } = deps;
  const catalogue = await Catalogue.open(options.directory);
  const entry = entryOf(catalogue);
  progress?.("looking at what there is");
  const diagnosis: Omit<Diagnosis, "asked"> = {
    cpu: {
      processor: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      onnxruntime: ORT_VERSION,
      models: options.directory,
      profiles: defaultProfilePath(),
    },
    // CUDA first: where all of it is here, it has to be loaded before npm's onnxruntime is.
    cuda: await examineCuda(options),
    webgpu: await examineWebGpu(options.gpu, clock),
  };
  progress?.(`trying ${entry.manifest.name}`);
  const asked = await tryOut(options, entry, clock, drain);
  const whole = { ...diagnosis, asked };
  print(options.json ? JSON.stringify(whole) : diagnosisText(whole));
  return asked.works ? 0 : 1;
}

function entryOf(catalogue: Catalogue): CatalogueEntry {
  const present = catalogue.list().filter(({ present }) => present);
  const entry = present.find(({ manifest }) => manifest.name === TRIED) ?? present[0];
  if (entry) return entry;
  throw new SmarteyeError(
    "not_found",
    `Cannot try anything: there is no model in the model directory "${catalogue.directory}"`,
  );
}

async function tryOut(
  wish: AcceleratorWish,
  entry: CatalogueEntry,
  clock: Clock,
  stop: AbortSignal,
): Promise<Tried> {
  const gpu = wish.gpu ?? null;
  const model = entry.manifest.name;
  try {
    const chosen = await chooseProvider(wish, { entry, clock, stop });
    // An accelerator was proven when it was chosen.
    const proven = chosen.kind === "cpu" ? await prove(CPU, { entry, clock, stop }) : chosen;
    if ("problem" in proven) return { gpu, model, works: false, problem: proven.problem };
    return { gpu, model, works: true, provider: describeProvider(proven) };
  } catch (error) {
    return { gpu, model, works: false, problem: messageOf(error) };
  }
}
