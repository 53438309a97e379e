/** Clips as people have them: each is shown as a good player shows it, or refused in one line. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { isSmarteyeError } from "../core/errors.ts";
import type { Pixels } from "../core/frame.ts";
import type { SourceEvent } from "../edge/capture/source.ts";
import { opening } from "./fakes/capture.ts";
import { Folder } from "./fakes/folder.ts";
import { at, type Rgb } from "./fakes/pictures.ts";
import { BROKEN_CLIPS } from "./rigs/broken_clips.ts";
import { ODD_CLIPS, type OddClip, type Shown } from "./rigs/odd_clips.ts";
import { greyOf, type Quarters } from "./rigs/patches.ts";

/** A picture as it was read. */
interface Seen {
  readonly width: number;
  readonly height: number;
  readonly ptsMs: number;
  readonly quarters: Quarters;
}

/** All that came of a clip. */
interface Came {
  readonly seen: readonly Seen[];
  /** What the source said that it leaves out. */
  readonly leftOut: readonly string[];
  /** What it was refused with, or broke off with. */
  readonly error: unknown;
}

/** The colours in the middle of a picture's quarters. */
function quartersIn(pixels: Pixels): Quarters {
  const { width, height } = pixels;
  const colorAt = (x: number, y: number): Rgb =>
    at(pixels, Math.floor(width * x), Math.floor(height * y));
  return {
    topLeft: colorAt(0.25, 0.25),
    topRight: colorAt(0.75, 0.25),
    bottomLeft: colorAt(0.25, 0.75),
    bottomRight: colorAt(0.75, 0.75),
  };
}

async function read(path: string): Promise<Came> {
  const seen: Seen[] = [];
  const leftOut: string[] = [];
  const tell = (event: SourceEvent) => {
    if (event.kind === "left_out") leftOut.push(`${event.count} ${event.what} ${event.detail}`);
  };
  try {
    const source = await opening(path);
    try {
      for await (const picture of source.pictures(new AbortController().signal, tell)) {
        const pixels = await picture.rgb();
        assert.deepEqual([pixels.width, pixels.height], [picture.width, picture.height]);
        const { width, height, ptsMs } = picture;
        seen.push({ width, height, ptsMs, quarters: quartersIn(pixels) });
        picture.close();
      }
    } finally {
      await source.close();
    }
  } catch (error) {
    return { seen, leftOut, error };
  }
  return { seen, leftOut, error: undefined };
}

function holdError(error: unknown, pattern: RegExp): void {
  assert.ok(isSmarteyeError(error), `an error of ours is wanted, not ${error}`);
  assert.match(error.message, pattern);
  assert.ok(!error.message.includes("\n"), "one line is wanted");
}

function holdColors(found: Quarters, wanted: Quarters, tolerance: number): void {
  for (const [where, color] of Object.entries(wanted) as [keyof Quarters, Rgb][]) {
    const off = Math.max(...color.map((value, i) => Math.abs(value - found[where][i]!)));
    if (Number.isNaN(off)) continue; // nothing is said of it
    assert.ok(off <= tolerance, `${where} is [${found[where]}], about [${color}] is wanted`);
  }
}

function holdShown({ seen, leftOut, error }: Came, right: Shown): void {
  const { size, frames, quarters, tolerance = 6, timesMs } = right;
  if (right.error) holdError(error, right.error);
  else if (error) throw error;
  else if (right.isDamaged) assert.ok(leftOut.length > 0, "it is said what is left out");
  else assert.deepEqual(leftOut, [], "of a whole clip nothing is left out");
  const [least, most] = typeof frames === "number" ? [frames, frames] : frames;
  assert.ok(
    seen.length >= least && seen.length <= most,
    `${seen.length} frames, ${least === most ? least : `${least} to ${most}`} are wanted`,
  );
  seen.forEach(({ width, height, quarters: found }, index) => {
    if ("aspect" in size) {
      const off = width / height / size.aspect;
      assert.ok(Math.abs(off - 1) < 0.02, `${width}×${height}, ${size.aspect} to 1 is wanted`);
    } else assert.deepEqual([width, height], size);
    const isCut = right.error !== undefined && index === seen.length - 1;
    if (quarters && !isCut) holdColors(found, quarters(index), tolerance);
  });
  if (timesMs) {
    const times = seen.map(({ ptsMs }) => Math.round(ptsMs));
    assert.deepEqual(times, timesMs, "when they are shown");
  }
}

/** Makes a clip, and holds what comes of it against what is right. */
function testClip(clip: OddClip): void {
  Deno.test(`${clip.what}: ${clip.file}`, async () => {
    await using folder = new Folder();
    const path = join(folder.path, clip.file);
    await clip.write(path);
    const came = await read(path);
    if (clip.right instanceof RegExp) {
      assert.equal(came.seen.length, 0, "no frames are wanted");
      holdError(came.error, clip.right);
    } else holdShown(came, clip.right);
  });
}

Deno.test("the greys tell neighbouring frames apart by more than a colour may be off", () => {
  for (let index = 0; index < 20; index++) {
    assert.ok(Math.abs(greyOf(index + 1) - greyOf(index)) >= 8);
  }
});

for (const clip of [...ODD_CLIPS, ...BROKEN_CLIPS]) testClip(clip);
