/** What `smarteye doctor` finds. */

import type { CudaFindings, WebGpuFindings } from "../../inference/accelerator/diagnose.ts";

/** Everything, as `--json` prints it. */
export interface Diagnosis {
  /** What is always there. */
  readonly cpu: {
    /** Its name. */
    readonly processor: string;
    /** How many. */
    readonly cores: number;
    /** Version of onnxruntime. */
    readonly onnxruntime: string;
    /** The model directory. */
    readonly models: string;
    /** The file that latencies are kept in. */
    readonly profiles: string;
  };
  /** NVIDIA's way. */
  readonly cuda: CudaFindings;
  /** Everybody's way. */
  readonly webgpu: WebGpuFindings;
  /** Whether what was asked for works. */
  readonly asked: Tried;
}

/** What came of running a model. */
export interface Tried {
  /** What was asked for; `null`: the CPU. */
  readonly gpu: number | "auto" | null;
  /** The model. */
  readonly model: string;
  /** Whether it ran. */
  readonly works: boolean;
  /** What it ran on. */
  readonly provider?: string;
  /** Why it did not run. */
  readonly problem?: string;
}
