import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { addModel } from "../../tests/fakes/tiny_model.ts";
import { CPU } from "../provider.ts";
import { adapterLack, chooseProvider, driverLack, prove } from "./choose.ts";

Deno.test("without --gpu the processor is used, and nothing is tried", async () => {
  await using folder = new Folder();
  const nowhere = { ...addModel(folder), path: folder.file("nowhere.onnx") };
  const proof = { entry: nowhere, clock: new FakeClock() };
  assert.equal(await chooseProvider({ gpu: undefined, ortLib: undefined }, proof), CPU);
});

Deno.test("an accelerator that is not there is refused with what was found and what is wanted", async () => {
  await using folder = new Folder();
  const message = await refused(
    chooseProvider({ gpu: 99, ortLib: folder.path }, {
      entry: addModel(folder),
      clock: new FakeClock(),
    }),
    "failed_precondition",
  );
  assert.match(message, /^Cannot use accelerator 99: cuda:99: .+\. Wanted: an NVIDIA GPU/);
  assert.match(message, /smarteye doctor --gpu 99/);
});

Deno.test("what a driver lacks for a device is said before anything is loaded", () => {
  const devices = [{ number: 0, name: "NVIDIA L4", bytes: 1 }];
  const cases: [
    driver: Parameters<typeof driverLack>[0],
    device: number,
    problem: string | undefined,
  ][] = [
    [{ cuda: { major: 13, minor: 0 }, devices }, 0, undefined],
    [{ cuda: { major: 14, minor: 2 }, devices }, 0, undefined],
    [
      { cuda: { major: 13, minor: 0 }, devices },
      1,
      "there is no device 1, only 0 (NVIDIA L4)",
    ],
    [
      { cuda: { major: 12, minor: 8 }, devices },
      0,
      "the NVIDIA driver serves CUDA 12.8 at most",
    ],
    [{ devices: [], problem: "there is no NVIDIA driver" }, 0, "there is no NVIDIA driver"],
  ];
  for (const [driver, device, problem] of cases) {
    assert.equal(driverLack(driver, device)?.problem, problem);
  }
});

Deno.test("software is no accelerator for auto, and one that was asked for", () => {
  const card = { name: "Intel Arc", isSoftware: false };
  const program = { name: "SwiftShader Device", isSoftware: true };
  const cases: [...Parameters<typeof adapterLack>, lacks: RegExp | undefined][] = [
    [card, "auto", undefined],
    [card, 0, undefined],
    [program, 0, undefined],
    [program, "auto", /^SwiftShader Device is a program on the CPU, no accelerator$/],
    [undefined, 0, /adapter/],
  ];
  for (const [adapter, gpu, lacks] of cases) {
    const problem = adapterLack(adapter, gpu)?.problem;
    if (lacks === undefined) assert.equal(problem, undefined);
    else assert.match(problem!, lacks);
  }
});

Deno.test("a provider is proven by running the model; its failure is one clause", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  assert.equal(await prove(CPU, { entry: addModel(folder), clock }), CPU);
  const cuda = { kind: "cuda", device: 0, name: "none" } as const;
  const lack = await prove(cuda, { entry: addModel(folder), clock });
  assert.ok("problem" in lack);
  assert.match(lack.problem, /^[^/\n]{5,200}$/);
});
