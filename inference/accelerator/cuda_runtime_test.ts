/** Loading onnxruntime with CUDA: each case in a process of its own, since what is loaded stays. */

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cudaWheels, RUNTIME } from "../../tests/fakes/cuda_wheels.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { canCompile, compile } from "../../tests/fakes/shared_objects.ts";
import { WEIGHTS } from "../../tests/fakes/tiny_model.ts";
import type { CudaRuntime } from "./cuda_runtime.ts";
import { ORT_VERSION } from "./runtime_version.ts";

const PROGRAM = fileURLToPath(new URL("../../tests/fakes/cuda_process.ts", import.meta.url));

type Told = CudaRuntime & { readonly onnxruntime?: string; readonly failure?: string };

async function load(directory: string, ...more: string[]): Promise<Told> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", "--allow-ffi", "--allow-env", PROGRAM, directory, ...more],
    env: { LD_LIBRARY_PATH: "" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test({
  name: "onnxruntime with CUDA comes in place of npm's, with nothing but its directory",
  ignore: !canCompile,
  fn: async () => {
    await using folder = new Folder();
    cudaWheels(folder.path);
    const weights = folder.write("tiny.onnx", WEIGHTS);
    const { problem, libraries, onnxruntime, failure } = await load(folder.path, weights);
    assert.equal(problem, undefined);
    assert.deepEqual(
      libraries.map(({ name, path }) => [name, path?.startsWith(folder.path)]),
      [
        "libcudart.so.13",
        "libcublasLt.so.13",
        "libcublas.so.13",
        "libcurand.so.10",
        "libcudnn.so.9",
        "libonnxruntime_providers_shared.so",
        "libonnxruntime_providers_cuda.so",
        basename(RUNTIME),
      ].map((name) => [name, true]),
    );
    // The addon took it, and it looked for CUDA beside itself: the stand-in is no real provider.
    assert.equal(onnxruntime, folder.file(RUNTIME));
    assert.match(failure!, /\S/);
  },
});

Deno.test({
  name: "what is missing is named, and npm's onnxruntime stays in its place",
  ignore: !canCompile,
  fn: async () => {
    const cases: [missing: string, wanted: RegExp][] = [
      ["nvidia/cu13/lib/libcublasLt.so.13", /^libcublasLt\.so\.13: cannot open shared object/],
      ["nvidia/cudnn/lib/libcudnn.so.9", /^libcudnn\.so\.9: cannot open shared object/],
      [
        "onnxruntime/capi/libonnxruntime_providers_cuda.so",
        /^libonnxruntime_providers_cuda\.so is not in \//,
      ],
      [RUNTIME, /^libonnxruntime\.so\.[\d.]+ is not in \//],
    ];
    for (const [missing, wanted] of cases) {
      await using folder = new Folder();
      cudaWheels(folder.path);
      await Deno.remove(folder.file(missing));
      const { problem, onnxruntime } = await load(folder.path);
      assert.match(problem!, wanted);
      assert.match(onnxruntime!, /onnxruntime-node/, missing);
    }
  },
});

Deno.test({
  name: "what the provider lacks is named; that it finds nothing of onnxruntime yet is no lack",
  ignore: !canCompile,
  fn: async () => {
    await using folder = new Folder();
    cudaWheels(folder.path);
    const capi = folder.file("onnxruntime/capi");
    const lost = compile(folder.path, { name: "libcuda_lost.so.1" });
    const name = "libonnxruntime_providers_cuda.so";
    compile(capi, { name, needs: [lost] });
    await Deno.remove(lost);
    assert.match((await load(folder.path)).problem!, /^libcuda_lost\.so\.1: cannot open shared/);
    const source = "void *Provider_GetHost(void); void *host(void) { return Provider_GetHost(); }";
    compile(capi, { name, source: `${source} void *(*volatile eager)(void) = Provider_GetHost;` });
    assert.equal((await load(folder.path)).problem, undefined);
  },
});

Deno.test({
  name: "another version of onnxruntime is refused before it is in the way of npm's",
  ignore: !canCompile,
  fn: async () => {
    await using folder = new Folder();
    cudaWheels(folder.path);
    await Deno.rename(
      folder.file(RUNTIME),
      folder.file("onnxruntime/capi/libonnxruntime.so.1.2.3"),
    );
    const { problem, onnxruntime } = await load(folder.path);
    assert.equal(
      problem,
      `libonnxruntime.so.1.2.3 is of another version, ${ORT_VERSION} is wanted`,
    );
    assert.match(onnxruntime!, /onnxruntime-node/);
  },
});

Deno.test({
  name:
    "a directory may hold the libraries themselves, and one that is not there lacks all of them",
  ignore: !canCompile,
  fn: async () => {
    await using folder = new Folder();
    cudaWheels(folder.path);
    const flat = folder.file("flat");
    await Deno.mkdir(flat);
    for (const from of ["nvidia/cu13/lib", "nvidia/cudnn/lib", "onnxruntime/capi"]) {
      for (const name of folder.names(from)) {
        await Deno.rename(folder.file(join(from, name)), join(flat, name));
      }
    }
    assert.equal((await load(flat)).problem, undefined);
    const gone = await load(folder.file("gone"));
    assert.equal(gone.libraries.filter(({ problem }) => problem === undefined).length, 0);
  },
});

Deno.test("a directory that is not there is all that is told", async () => {
  await using folder = new Folder();
  const { problem, libraries } = await load(folder.file("none"));
  assert.deepEqual([problem, libraries], ["no directory is there", []]);
});
