/** What `smarteye doctor` finds, for people. */

import type { Lack } from "../../inference/accelerator/choose.ts";
import type { CudaFindings, WebGpuFindings } from "../../inference/accelerator/diagnose.ts";
import { byteSize } from "../table.ts";
import type { Diagnosis, Tried } from "./diagnosis.ts";

/** Width of the names in front. */
const NAME_WIDTH = 10;

/** The lines. */
export function diagnosisText({ cpu, cuda, webgpu, asked }: Diagnosis): string {
  return [
    ...part("CPU", [
      `${cpu.processor}, ${cpu.cores} cores, onnxruntime ${cpu.onnxruntime}`,
      `models    ${cpu.models}`,
      `latencies ${cpu.profiles}`,
    ]),
    ...part("CUDA", cudaLines(cuda)),
    ...part("WebGPU", webGpuLines(webgpu)),
    ...part("asked for", [askedLine(asked)]),
  ].join("\n");
}

function part(name: string, lines: readonly string[]): string[] {
  return lines.map((line, i) => `${(i === 0 ? name : "").padEnd(NAME_WIDTH)} ${line}`);
}

function cudaLines({ driver, runtime, lacks }: CudaFindings): string[] {
  const { path, cuda, devices, problem } = driver;
  const version = cuda === undefined ? "" : `, for CUDA ${cuda.major}.${cuda.minor} at most`;
  const libraries = runtime?.libraries ?? [];
  const width = Math.max(0, ...libraries.map(({ name }) => name.length));
  return [
    ...path === undefined && problem !== undefined ? [] : [`driver ${path ?? "there"}${version}`],
    ...devices.map(({ number, name, bytes }) => `device ${number}: ${name}, ${byteSize(bytes)}`),
    ...(runtime === undefined ? [] : [`onnxruntime with CUDA in ${runtime.directory}`]),
    ...libraries.map(({ name, path, problem }) =>
      `  ${name.padEnd(width)}  ${problem === undefined ? path ?? "of the system" : `✗ ${problem}`}`
    ),
    ...verdict(lacks),
  ];
}

function webGpuLines({ adapter, lacks }: WebGpuFindings): string[] {
  const software = adapter?.isSoftware ? ", a program on the CPU" : "";
  return [
    ...(adapter === undefined ? [] : [`adapter ${adapter.name}${software}`]),
    ...verdict(lacks),
  ];
}

function verdict(lacks: readonly Lack[]): string[] {
  if (lacks.length === 0) return ["→ everything is there"];
  return lacks.map(({ problem, mend }) =>
    `→ missing: ${problem}${mend === undefined ? "" : `; ${mend}`}`
  );
}

function askedLine({ gpu, model, works, provider, problem }: Tried): string {
  const what = gpu === null ? "the CPU" : `--gpu ${gpu}`;
  return works
    ? `${what}: works, ${model} ran on ${provider}`
    : `${what}: does not work. ${problem}`;
}
