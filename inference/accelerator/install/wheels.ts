/** The wheels that onnxruntime with CUDA is made of: which exactly, so that all have the same. */

import { SmarteyeError } from "../../../core/errors.ts";
import { ORT_VERSION } from "../runtime_version.ts";
import pinned from "./wheels.json" with { type: "json" };

/** One wheel of PyPI. */
export interface Wheel {
  /** The project's name. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** Of the file. */
  readonly bytes: number;
  /** Of what is in it. */
  readonly unpacked: number;
  /** Of the file, in hex. */
  readonly sha256: string;
}

/** The Python that wheels are taken for, whatever runs pip: nobody imports them. */
export const FOR_PYTHON = "3.12";

/**
 * The wheels for a system. They are those that onnxruntime-gpu's METADATA asks for (its extras `cuda`
 * and `cudnn`), with cuBLAS, which it needs, and without cuFFT, which no network of ours does.
 * `python3 -m pip download --no-deps --only-binary :all: --python-version 3.12 NAME` fetches newer
 * ones to be pinned.
 *
 * @param system such as `linux-x86_64`.
 * @throws {SmarteyeError} `failed_precondition` where there are none.
 */
export function wheelsFor(system: string): readonly Wheel[] {
  const wheels = (pinned as Readonly<Record<string, readonly Wheel[]>>)[system];
  if (!wheels) {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot fetch onnxruntime with CUDA for ${system}: there is one for ` +
        `${Object.keys(pinned).join(" and ")} alone; a GPU is used through WebGPU here (--gpu 0)`,
    );
  }
  const found = wheels.find(({ name }) => name === "onnxruntime-gpu")!.version;
  if (found === ORT_VERSION) return wheels;
  throw new SmarteyeError(
    "failed_precondition",
    `Cannot fetch onnxruntime with CUDA: the wheels of ${found} are known, ${ORT_VERSION} is wanted`,
  );
}

/** This system, as `wheelsFor` names it. */
export function thisSystem(): string {
  return `${Deno.build.os}-${Deno.build.arch}`;
}

/** A line of pip's requirements: this file and no other. */
export function requirement({ name, version, sha256 }: Wheel): string {
  return `${name}==${version} --hash=sha256:${sha256}`;
}
