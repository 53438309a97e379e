/** onnxruntime with CUDA, brought here. */

import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { lacksDriver, loadCudaRuntime } from "../../inference/accelerator/cuda_runtime.ts";
import { bytesOf, install } from "../../inference/accelerator/install/install.ts";
import { thisSystem, type Wheel, wheelsFor } from "../../inference/accelerator/install/wheels.ts";
import { installedRuntimeDirectory, runtimeDirectory } from "../../inference/accelerator/place.ts";
import { ProgressBar } from "../models/progress_bar.ts";
import { byteSize, table } from "../table.ts";

const log = logger("gpu");

/** Options of `smarteye gpu install`. */
export interface GpuInstallOptions {
  /** Fetch nothing. */
  readonly isDryRun: boolean;
  /** Print an object, not a table. */
  readonly json: boolean;
}

/**
 * Installs, unless it is here and can be loaded.
 *
 * @throws {SmarteyeError} when there is nothing for this system, and what `install` throws.
 */
export async function run(
  { isDryRun, json }: GpuInstallOptions,
  deps: RoleDeps,
): Promise<ExitStatus> {
  const { clock, drain, print } = deps;
  const wheels = wheelsFor(thisSystem());
  const directory = installedRuntimeDirectory();
  const { fetched, stays } = bytesOf(wheels);
  if (isDryRun) {
    print(json ? JSON.stringify({ directory, bytes: fetched, wheels }) : listOf(wheels, directory));
    return 0;
  }
  const here = await runtimeDirectory(undefined);
  let runtime = here === undefined ? undefined : await loadCudaRuntime(here);
  if (runtime === undefined || (runtime.problem !== undefined && !lacksDriver(runtime))) {
    log.info("{fetched} are fetched, {stays} stay in {directory}", {
      ...{ fetched: byteSize(fetched), stays: byteSize(stays), directory },
    });
    const bars = new Map<string, ProgressBar>();
    runtime = await install({
      ...{ wheels, directory, clock, drain },
      progress: (doing, bytes, total) => {
        const bar = bars.get(doing) ?? new ProgressBar(doing, clock);
        bars.set(doing, bar);
        deps.progress?.(bar.line({ bytes, total }));
      },
    });
  }
  if (json) print(JSON.stringify({ directory, driver: !lacksDriver(runtime) }));
  log.info("onnxruntime with CUDA is here: {directory}", { directory });
  if (lacksDriver(runtime)) {
    log.warn("it is not usable yet: there is no NVIDIA driver ({problem})", { ...runtime });
  }
  return 0;
}

function listOf(wheels: readonly Wheel[], directory: string): string {
  const { fetched, stays, needed } = bytesOf(wheels);
  return [
    table(
      [["wheel", "left"], ["version", "left"], ["to fetch", "right"], ["unpacked", "right"]],
      [
        ...wheels.map(({ name, version, bytes, unpacked }) => [
          ...[name, version, byteSize(bytes), byteSize(unpacked)],
        ]),
        ["all", "", byteSize(fetched), byteSize(stays)],
      ],
    ),
    `would be put into ${directory}; while it is, ${byteSize(needed)} must be free there`,
  ].join("\n");
}
