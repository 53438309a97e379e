/** `smarteye doctor` and `smarteye gpu`, with no more than their tasks are granted. */

import assert from "node:assert/strict";
import { cudaWheels } from "./fakes/cuda_wheels.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";
import { canCompile, compile, driverSource } from "./fakes/shared_objects.ts";

/** Where there is neither a driver nor an adapter, whatever this machine has. */
const NO_GPU = { LD_LIBRARY_PATH: "", VK_ICD_FILENAMES: "/dev/null", VK_DRIVER_FILES: "/dev/null" };

async function task(folder: Folder, line: string, env: Readonly<Record<string, string>> = {}) {
  const places = { XDG_DATA_HOME: folder.file("data"), XDG_CACHE_HOME: folder.file("cache") };
  await using program = new Program(
    line.split(" "),
    { ...NO_GPU, ...places, ...env },
    ["task", "--quiet"],
  );
  const ran = await program.ran();
  assert.doesNotMatch(ran.stderr, /NotCapable|Requires .* access/);
  return ran;
}

Deno.test("the doctor tells what there is; what was not asked for does not have to work", async () => {
  await using folder = new Folder();
  const { code, stdout } = await task(folder, "doctor");
  assert.equal(code, 0);
  for (const line of [/^CPU +\S.*, \d+ cores, onnxruntime 1\./m, /^CUDA/m, /^WebGPU/m]) {
    assert.match(stdout, line);
  }
  assert.match(stdout, /^asked for +the CPU: works, smarteye_street ran on cpu$/m);
  // onnxruntime would report what it ran to Microsoft, and keep its reports there until then.
  assert.ok(!folder.names().includes("cache") || !folder.names("cache").includes("Microsoft"));
});

Deno.test({
  name:
    "the doctor names the driver, its devices, each library, what is missing, and what mends it",
  ignore: !canCompile,
  fn: async () => {
    await using folder = new Folder();
    const driver = compile(folder.file("driver"), {
      name: "libcuda.so.1",
      source: driverSource({ version: 13010, devices: ["NVIDIA H100"] }),
    });
    const env = { LD_LIBRARY_PATH: folder.file("driver") };
    const bare = JSON.parse((await task(folder, "doctor --json --gpu 0", env)).stdout);
    assert.deepEqual(bare.cuda.driver, {
      path: driver,
      cuda: { major: 13, minor: 1 },
      devices: [{ number: 0, name: "NVIDIA H100", bytes: 1000 }],
    });
    assert.match(bare.cuda.lacks[0].mend, /smarteye gpu install/);

    const libraries = folder.file("libraries");
    cudaWheels(libraries);
    await Deno.remove(folder.file("libraries/nvidia/cu13/lib/libcublasLt.so.13"));
    const named = { ...env, SMARTEYE_ORT_LIB: libraries };
    const { code, stdout } = await task(folder, "doctor --gpu 0", named);
    assert.equal(code, 1);
    assert.match(stdout, /libcudart\.so\.13 +\/.+\/nvidia\/cu13\/lib\/libcudart\.so\.13$/m);
    assert.match(stdout, /libcublasLt\.so\.13 +✗ libcublasLt\.so\.13: cannot open shared object/m);
    assert.match(stdout, /→ missing: libcublasLt\.so\.13: .+ort_lib/m);
    assert.match(stdout, /^asked for +--gpu 0: does not work\. .+libcublasLt\.so\.13/m);

    const auto = await task(folder, "doctor --gpu auto --json", named);
    assert.deepEqual(
      [auto.code, JSON.parse(auto.stdout).asked],
      [0, { gpu: "auto", model: "smarteye_street", works: true, provider: "cpu" }],
    );
  },
});

Deno.test("what would be installed is told in bytes, and nothing is", async () => {
  await using folder = new Folder();
  const { code, stdout, stderr } = await task(folder, "gpu install --dry-run --json");
  if (Deno.build.os !== "linux") return assert.match(stderr, /WebGPU/);
  assert.equal(code, 0, stderr);
  const { bytes, directory, wheels } = JSON.parse(stdout);
  assert.ok(bytes > 1e9 && wheels.length > 4 && directory.startsWith(folder.file("data")));
  assert.ok(!folder.names().includes("data"));
});
