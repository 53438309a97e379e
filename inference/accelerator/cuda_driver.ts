/** NVIDIA's driver, asked without any of CUDA's libraries: what is under all of them. */

import { linkerMessage, pathOfLoaded } from "./shared_library.ts";

/** The library that a driver brings. */
const DRIVER = "libcuda.so.1";

/** Characters that a device's name may have. */
const NAME_MAX = 256;

/** A device of CUDA. */
export interface CudaDevice {
  /** Its number, from 0; `CUDA_VISIBLE_DEVICES` changes it. */
  readonly number: number;
  /** Such as `NVIDIA H100 80GB HBM3`. */
  readonly name: string;
  /** Its memory. */
  readonly bytes: number;
}

/** What there is of a driver. */
export interface CudaDriver {
  /** Where its library is. */
  readonly path?: string;
  /** The newest CUDA that it serves. */
  readonly cuda?: { readonly major: number; readonly minor: number };
  /** What it drives. */
  readonly devices: readonly CudaDevice[];
  /** Why nothing of CUDA works. */
  readonly problem?: string;
}

/** The driver's API, of which this much has been there since CUDA 6. */
const API = {
  cuInit: { parameters: ["u32"], result: "i32", nonblocking: true },
  cuDriverGetVersion: { parameters: ["buffer"], result: "i32" },
  cuDeviceGetCount: { parameters: ["buffer"], result: "i32" },
  cuDeviceGet: { parameters: ["buffer", "i32"], result: "i32" },
  cuDeviceGetName: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  cuDeviceTotalMem_v2: { parameters: ["buffer", "i32"], result: "i32" },
  cuGetErrorString: { parameters: ["i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

type Api = Deno.DynamicLibrary<typeof API>["symbols"];

/**
 * Asks the driver what it drives. It is not closed again: whoever infers needs it.
 *
 * @param library its name, or a path.
 */
export async function findCudaDriver(library: string = DRIVER): Promise<CudaDriver> {
  let api: Api;
  try {
    api = Deno.dlopen(library, API).symbols;
  } catch (error) {
    return { devices: [], problem: `there is no NVIDIA driver (${linkerMessage(error)})` };
  }
  const path = library.includes("/") ? library : pathOfLoaded(library);
  const found = path === undefined ? {} : { path };
  const version = new Int32Array(1);
  const cuda = api.cuDriverGetVersion(version) === 0
    ? { cuda: { major: Math.floor(version[0]! / 1000), minor: version[0]! % 1000 / 10 } }
    : {};
  const refusal = await api.cuInit(0);
  if (refusal !== 0) {
    const problem = `the NVIDIA driver does not work: ${errorText(api, refusal)}`;
    return { ...found, ...cuda, devices: [], problem };
  }
  const devices = devicesOf(api);
  if (devices.length > 0) return { ...found, ...cuda, devices };
  return { ...found, ...cuda, devices, problem: "the NVIDIA driver has no device" };
}

function devicesOf(api: Api): CudaDevice[] {
  const count = new Int32Array(1);
  if (api.cuDeviceGetCount(count) !== 0) return [];
  return Array.from({ length: count[0]! }, (_, number) => {
    const handle = new Int32Array(1);
    const name = new Uint8Array(NAME_MAX);
    const bytes = new BigUint64Array(1);
    api.cuDeviceGet(handle, number);
    api.cuDeviceGetName(name, NAME_MAX, handle[0]!);
    api.cuDeviceTotalMem_v2(bytes, handle[0]!);
    const end = name.indexOf(0);
    return {
      number,
      name: new TextDecoder().decode(name.subarray(0, end === -1 ? NAME_MAX : end)).trim(),
      bytes: Number(bytes[0]),
    };
  });
}

function errorText(api: Api, code: number): string {
  const text = new BigUint64Array(1);
  const known = api.cuGetErrorString(code, text) === 0;
  const pointer = known ? Deno.UnsafePointer.create(text[0]!) : null;
  return pointer === null
    ? `CUDA failure ${code}`
    : `${Deno.UnsafePointerView.getCString(pointer)} (CUDA failure ${code})`;
}
