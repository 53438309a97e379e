/** Installing by the real pip, of wheels that are made here. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../../../core/clock.ts";
import { Folder } from "../../../tests/fakes/folder.ts";
import { refused } from "../../../tests/fakes/refused.ts";
import { hasPip, makeWheel } from "../../../tests/fakes/wheels.ts";
import type { CudaRuntime } from "../cuda_runtime.ts";
import { ORT_VERSION } from "../runtime_version.ts";
import { install, type Installation } from "./install.ts";
import { pipVersion } from "./pip.ts";
import { thisSystem, type Wheel, wheelsFor } from "./wheels.ts";

/** A mirror with two wheels, and a place for them. */
class Mirror implements AsyncDisposable {
  readonly folder = new Folder();
  readonly directory = this.folder.file("data/onnxruntime/1");
  readonly wheels: readonly Wheel[];
  readonly done: string[] = [];
  readonly #mirror = this.folder.file("mirror");

  constructor() {
    Deno.mkdirSync(this.#mirror);
    this.wheels = [
      makeWheel(this.#mirror, "nvidia-a", "13.1.2", { "nvidia/cu13/lib/liba.so.13": "a" }),
      makeWheel(this.#mirror, "ort-b", "1.2.3", { "onnxruntime/capi/libb.so": "b" }),
    ];
  }

  install(said: Partial<Installation> = {}): Promise<CudaRuntime> {
    return install({
      wheels: this.wheels,
      directory: this.directory,
      clock: systemClock,
      drain: new AbortController().signal,
      progress: (doing) => {
        if (this.done.at(-1) !== doing) this.done.push(doing);
      },
      load: (directory) => Promise.resolve({ directory, libraries: [] }),
      environment: {
        PIP_NO_INDEX: "1",
        PIP_FIND_LINKS: this.#mirror,
        PIP_CONFIG_FILE: "/dev/null",
      },
      ...said,
    });
  }

  lose(name: string): void {
    Deno.removeSync(join(this.#mirror, name));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.folder[Symbol.asyncDispose]();
  }
}

Deno.test({
  name: "wheels are fetched, unpacked and loaded beside their place, and there at once",
  ignore: !hasPip,
  fn: async () => {
    await using mirror = new Mirror();
    const loaded: string[] = [];
    await mirror.install({
      load: (directory) => {
        loaded.push(Deno.readTextFileSync(join(directory, "nvidia/cu13/lib/liba.so.13")));
        assert.throws(() => Deno.statSync(mirror.directory), Deno.errors.NotFound);
        return Promise.resolve({ directory, libraries: [] });
      },
    });
    assert.deepEqual(loaded, ["a"]);
    assert.deepEqual(mirror.done, ["nvidia-a 13.1.2", "ort-b 1.2.3", "unpacking"]);
    assert.deepEqual(mirror.folder.names("data/onnxruntime"), ["1"], "nothing else is left");
    assert.deepEqual(mirror.folder.names("data/onnxruntime/1/onnxruntime/capi"), ["libb.so"]);
  },
});

Deno.test({
  name: "what was fetched before it failed is not fetched again, and nothing half is in the place",
  ignore: !hasPip,
  fn: async () => {
    await using mirror = new Mirror();
    const [a, b] = mirror.wheels;
    const wrong = { ...b!, sha256: "0".repeat(64) };
    const message = await refused(mirror.install({ wheels: [a!, wrong] }), "failed_precondition");
    assert.match(message, /^Cannot install onnxruntime with CUDA: pip download failed: .+/);
    assert.match(message, /kept in \S+\/1\.part, and the next try goes on from there$/);
    assert.deepEqual(mirror.folder.names("data/onnxruntime"), ["1.part"]);
    assert.deepEqual(mirror.folder.names("data/onnxruntime/1.part/wheels").length, 1);
    mirror.lose("nvidia_a-13.1.2-py3-none-any.whl");
    mirror.done.length = 0;
    await mirror.install();
    assert.deepEqual(mirror.done, ["ort-b 1.2.3", "unpacking"]);
    assert.deepEqual(mirror.folder.names("data/onnxruntime"), ["1"]);
  },
});

Deno.test({
  name: "what cannot be loaded is not put in its place, unless only the driver is missing",
  ignore: !hasPip,
  fn: async () => {
    const cases: [problem: string, isInstalled: boolean][] = [
      ["libcublasLt.so.13: cannot open shared object file", false],
      ["libcuda.so.1: cannot open shared object file", true],
    ];
    for (const [problem, isInstalled] of cases) {
      await using mirror = new Mirror();
      const load = (directory: string) => Promise.resolve({ directory, libraries: [], problem });
      if (isInstalled) assert.equal((await mirror.install({ load })).problem, problem);
      else {assert.match(
          await refused(mirror.install({ load }), "failed_precondition"),
          /libcublasLt/,
        );}
      const names = mirror.folder.names("data/onnxruntime");
      assert.deepEqual(names, [isInstalled ? "1" : "1.part"]);
    }
  },
});

Deno.test({
  name: "one that is to stop stops pip",
  ignore: !hasPip,
  fn: async () => {
    await using mirror = new Mirror();
    const stop = new AbortController();
    const progress = () => stop.abort(); // while pip runs
    const stopped = mirror.install({ drain: stop.signal, progress });
    assert.match(await refused(stopped, "cancelled"), /it was stopped/);
    assert.deepEqual(mirror.folder.names("data/onnxruntime"), ["1.part"]);
  },
});

Deno.test({
  name: "a disk without room is refused before anything is fetched",
  ignore: !hasPip,
  fn: async () => {
    await using mirror = new Mirror();
    const [a] = mirror.wheels;
    const message = await refused(
      mirror.install({ wheels: [{ ...a!, unpacked: 1e18 }] }),
      "failed_precondition",
    );
    assert.match(message, /GB are free in .+, 1000000000\.0 GB are wanted/);
    assert.deepEqual(mirror.done, []);
  },
});

Deno.test("without Python it is said what is wanted", async () => {
  const message = await refused(pipVersion(systemClock, "python_of_nobody"), "failed_precondition");
  assert.match(message, /^Cannot run "python_of_nobody -m pip": .+ a Python with pip is wanted/);
});

Deno.test("the wheels are those of this onnxruntime, and other systems are refused", async () => {
  for (const system of ["linux-x86_64", "linux-aarch64"]) {
    const wheels = wheelsFor(system);
    const [ort] = wheels.filter(({ name }) => name === "onnxruntime-gpu");
    assert.equal(ort!.version, ORT_VERSION);
    for (const { bytes, unpacked, sha256 } of wheels) {
      assert.ok(bytes > 1e6 && unpacked > bytes && /^[0-9a-f]{64}$/.test(sha256));
    }
  }
  const other = (async () => await Promise.resolve(wheelsFor("darwin-aarch64")))();
  assert.match(await refused(other, "failed_precondition"), /for darwin-aarch64: .*WebGPU/);
  assert.match(thisSystem(), /^[a-z]+-\w+$/);
});
