/** WebGPU as it is in onnxruntime, on SwiftShader: `SMARTEYE_TEST_VULKAN` names its ICD file. */

import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";
import { addModel } from "./fakes/tiny_model.ts";

const icd = Deno.env.get("SMARTEYE_TEST_VULKAN");
const where = icd ? "" : " (only where SMARTEYE_TEST_VULKAN names SwiftShader's ICD file)";

/** SwiftShader and its loader, and no driver of NVIDIA's. */
const env = () => ({
  VK_ICD_FILENAMES: icd!,
  VK_DRIVER_FILES: icd!,
  LD_LIBRARY_PATH: dirname(icd!),
});

Deno.test({
  name: `one Worker serves on WebGPU, told so, and it ends well when it is interrupted${where}`,
  ignore: !icd,
  fn: async () => {
    await using folder = new Folder();
    addModel(folder, { name: "a", file: "a.onnx" }); // what is larger takes SwiftShader half a minute
    await using server = new Program(
      ["serve", "--listen", "127.0.0.1:0", "--models", "a", "--gpu", "0", "--workers", "4"],
      { ...env(), SMARTEYE_MODELS: folder.path, XDG_CACHE_HOME: folder.file("cache") },
    );
    await server.tells(/listening on .* 1 workers on webgpu \(SwiftShader/);
    server.kill("SIGINT");
    const { code, stderr } = await server.ran();
    assert.match(stderr, /webgpu \(SwiftShader .*\) is used, CUDA cannot be: there is no NVIDIA/);
    assert.match(stderr, /4 workers are asked for, 1 runs on webgpu/);
    assert.match(stderr, /SwiftShader .* is a program on the CPU: it accelerates nothing/);
    assert.equal(code, 0, stderr);
  },
});

Deno.test({
  name: `software is no accelerator for auto${where}`,
  ignore: !icd,
  fn: async () => {
    await using folder = new Folder();
    const cache = { XDG_CACHE_HOME: folder.file("cache") };
    await using doctor = new Program(["doctor", "--gpu", "auto", "--json"], { ...env(), ...cache });
    const { code, stdout, stderr } = await doctor.ran();
    assert.equal(code, 0, stderr);
    const { webgpu, asked } = JSON.parse(stdout);
    assert.equal(webgpu.adapter.isSoftware, true);
    assert.equal(asked.provider, "cpu");
  },
});

Deno.test({
  name: `models are loaded on WebGPU while it infers, and nothing crashes${where}`,
  ignore: !icd,
  fn: async () => {
    await using folder = new Folder();
    for (const name of ["a", "b", "c"]) addModel(folder, { name, file: `${name}.onnx` });
    const program = fileURLToPath(new URL("./fakes/webgpu_process.ts", import.meta.url));
    await using loading = new Program([program, folder.path], env(), ["run", "-A"]);
    const { code, stdout, stderr } = await loading.ran();
    assert.equal(code, 0, stderr);
    assert.ok(JSON.parse(stdout).inferred > 0);
  },
});
