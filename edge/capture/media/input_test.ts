import assert from "node:assert/strict";
import { FakeClock } from "../../../core/fake_clock.ts";
import { testWhere } from "../../../tests/fakes/data.ts";
import { Folder } from "../../../tests/fakes/folder.ts";
import { MediaInput } from "./input.ts";

const isLinux = Deno.build.os === "linux";

testWhere(
  "there are pipes with names",
  isLinux,
  "a silent pipe is left when it is not wanted",
  async () => {
    await using folder = new Folder();
    const path = folder.file("pipe");
    assert.ok(new Deno.Command("mkfifo", { args: [path] }).outputSync().success);
    const writer = await Deno.open(path, { read: true, write: true }); // who says nothing
    for (const isLate of [true, false]) {
      const clock = new FakeClock();
      const stop = new AbortController();
      if (!isLate) stop.abort();
      const how = { url: `file:${path}`, silenceMs: Infinity, clock, signal: stop.signal };
      const opening = MediaInput.open(how).then(() => "open", String);
      if (isLate) await new Promise((resolve) => setTimeout(resolve, 50));
      stop.abort();
      assert.match(await clock.until(opening), /it is not wanted any more/);
      assert.ok(clock.nowMs() <= 10_000, `after ${clock.nowMs()} ms`);
    }
    // What was left is still at it: it must not outlive the thread that it answers to.
    writer.close();
    while (isOpenHere(path)) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 100));
  },
);

function isOpenHere(path: string): boolean {
  return [...Deno.readDirSync("/proc/self/fd")].some(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`) === path;
    } catch {
      return false; // it was closed meanwhile
    }
  });
}
