import assert from "node:assert/strict";
import { FakeWorld } from "../tests/fakes/world.ts";
import { Progress } from "./progress.ts";

Deno.test("on a terminal one line is overwritten, and steps aside for others", () => {
  const world = new FakeWorld();
  world.stderr.isTerminal = true;
  const progress = new Progress(world.stderr, world.clock);
  progress.clear();
  progress.show("1 frame");
  world.clock.jump(50);
  progress.show("too soon to read");
  world.clock.jump(50);
  progress.show("2 frames\nof \x1b[2Jmany");
  progress.clear();
  progress.clear();
  world.clock.jump(100);
  progress.show("x".repeat(200));
  const erase = "\r\x1b[2K";
  assert.equal(
    world.stderr.text,
    `${erase}1 frame${erase}2 frames of  [2Jmany${erase}${erase}${"x".repeat(79)}`,
  );
});

Deno.test("elsewhere it is a line every five seconds", () => {
  const world = new FakeWorld();
  const progress = new Progress(world.stderr, world.clock);
  for (let s = 0; s <= 10; s++) {
    progress.show(`${s} s`);
    world.clock.jump(1000);
  }
  progress.clear();
  assert.equal(world.stderr.text, "0 s\n5 s\n10 s\n");
});
