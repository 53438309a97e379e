/** Workers that leave: what they hold of an accelerator is given back before they end. */

import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { addModel } from "../../tests/fakes/tiny_model.ts";
import { OpenedPool, until } from "../../tests/fakes/worker_pool.ts";
import { SeenWorkers } from "../../tests/fakes/workers.ts";
import { CPU, type Provider } from "../provider.ts";
import {
  ACCELERATOR_LEAVE_MS,
  ACCELERATOR_STALL_MS,
  LEAVE_MS,
  STALL_MS,
  WorkerHandle,
} from "./worker_handle.ts";

const CUDA: Provider = { kind: "cuda", device: 0, name: "a card" };

/** What came from a Worker, and its end, in order. */
function storyOf(worker: Worker): string[] {
  const story: string[] = [];
  worker.addEventListener("message", ({ data }) => {
    story.push("error" in data ? data.error.message : "answered");
  });
  const terminate = worker.terminate.bind(worker);
  worker.terminate = () => {
    story.push("stopped");
    terminate();
  };
  return story;
}

Deno.test("a pool that is left has every Worker give its memory back before it is stopped", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool(2);
  await opened.pool.load(addModel(folder));
  const stories = workers.made.map(storyOf);
  await opened.pool.leave();
  assert.deepEqual(workers.askedFor("end"), [0, 1]);
  assert.deepEqual(stories, [["answered", "stopped"], ["answered", "stopped"]]);
  assert.equal(opened.clock.sleeping, 0);
});

Deno.test("a Worker in whose place another came gives its memory back", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool(1);
  await opened.pool.load(addModel(folder));
  await opened.inferAll(1);
  const story = storyOf(workers.made[0]!);
  await opened.pool.load(addModel(folder, { name: "b" }));
  await until(() => story.includes("stopped"));
  assert.deepEqual([workers.askedFor("end"), story], [[0], ["answered", "stopped"]]);
});

Deno.test("what a Worker held is gone when it has ended: nothing can be asked of it any more", async () => {
  await using folder = new Folder();
  const { manifest, path } = addModel(folder);
  const handle = new WorkerHandle(new FakeClock(), () => assert.fail("it is no death"));
  await handle.ask({ kind: "load", manifest, path, session: { threads: 1, provider: CPU } });
  await Promise.all([handle.leave(), handle.leave()]);
  await refused(handle.ask({ kind: "unload", model: "tiny" }), "unavailable");
});

Deno.test("one that opens a session on an accelerator may take longer, to load and to leave", async () => {
  await using folder = new Folder();
  const { manifest, path } = addModel(folder);
  const cases: [provider: Provider, leaveMs: number, stallMs: number][] = [
    [CPU, LEAVE_MS, STALL_MS.load],
    [CUDA, ACCELERATOR_LEAVE_MS, ACCELERATOR_STALL_MS],
    [{ kind: "webgpu", name: "a card" }, ACCELERATOR_LEAVE_MS, ACCELERATOR_STALL_MS],
  ];
  for (const [provider, leaveMs, stallMs] of cases) {
    using workers = new SeenWorkers();
    workers.hold("load");
    const clock = new FakeClock();
    const load = { kind: "load", manifest, path, session: { threads: 1, provider } } as const;

    const leaving = new WorkerHandle(clock, () => assert.fail("it is no death"));
    const asked = refused(leaving.ask(load), "unavailable");
    const story = storyOf(workers.made[0]!);
    const left = leaving.leave();
    await asked;
    await clock.advance(leaveMs - 1);
    assert.deepEqual(story, [], `${provider.kind}: it may be in native code`);
    await clock.advance(1);
    await left;
    assert.deepEqual(story, ["stopped"]);

    const deaths: string[] = [];
    const stuck = refused(new WorkerHandle(clock, (why) => deaths.push(why)).ask(load), "aborted");
    await clock.advance(stallMs - 1);
    assert.deepEqual(deaths, []);
    await clock.advance(1);
    await stuck;
    assert.deepEqual(deaths, [`it did not answer within ${stallMs} ms`]);
  }
});
