import assert from "node:assert/strict";
import { Folder } from "../../tests/fakes/folder.ts";
import { canCompile, compile, driverSource } from "../../tests/fakes/shared_objects.ts";
import { findCudaDriver } from "./cuda_driver.ts";

Deno.test("without a driver it is said which file is missing", async () => {
  const { devices, problem } = await findCudaDriver("libcuda_of_nobody.so.1");
  assert.deepEqual(devices, []);
  assert.match(
    problem!,
    /^there is no NVIDIA driver \(libcuda_of_nobody\.so\.1: cannot open shared object file/,
  );
});

Deno.test({
  name: "a driver tells its CUDA and its devices, or why it has none",
  ignore: !canCompile,
  fn: async () => {
    await using folder = new Folder();
    const cuda = { major: 13, minor: 1 };
    const cases: [said: Parameters<typeof driverSource>[0], wanted: object][] = [
      [{ version: 13010, devices: ["NVIDIA H100", "NVIDIA L4"] }, {
        cuda,
        devices: [
          { number: 0, name: "NVIDIA H100", bytes: 1000 },
          { number: 1, name: "NVIDIA L4", bytes: 2000 },
        ],
      }],
      [{ version: 13010, devices: [] }, {
        cuda,
        devices: [],
        problem: "the NVIDIA driver has no device",
      }],
      [{ version: 13010, init: 802 }, {
        cuda,
        devices: [],
        problem: "the NVIDIA driver does not work: system not yet initialized (CUDA failure 802)",
      }],
    ];
    for (const [i, [said, wanted]] of cases.entries()) {
      const path = compile(folder.path, { name: `libcuda${i}.so`, source: driverSource(said) });
      assert.deepEqual(await findCudaDriver(path), { path, ...wanted });
    }
  },
});
