import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { refused } from "../tests/fakes/refused.ts";
import { addModel } from "../tests/fakes/tiny_model.ts";
import { chooseProvider } from "./accelerator.ts";
import { CPU } from "./provider.ts";

Deno.test("without --gpu the processor is used, and nothing is tried", async () => {
  await using folder = new Folder();
  const nowhere = { ...addModel(folder), path: folder.file("nowhere.onnx") };
  assert.equal(await chooseProvider(undefined, nowhere, new FakeClock()), CPU);
});

Deno.test("an accelerator that is not there is refused with what was found and what is wanted", async () => {
  await using folder = new Folder();
  const message = await refused(
    chooseProvider(99, addModel(folder), new FakeClock()),
    "failed_precondition",
  );
  assert.match(message, /^Cannot use accelerator 99: cuda:99: .+\. Wanted: an NVIDIA GPU/);
});
