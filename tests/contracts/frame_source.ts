/** What every source of frames must do. */

import assert from "node:assert/strict";
import type { FrameSource } from "../../edge/capture/source.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import { isSmarteyeError } from "../../core/errors.ts";
import { EncodedImage } from "../../core/image.ts";
import { Folder } from "../fakes/folder.ts";

/** A kind of source. */
export interface SourceCase {
  /** For the names of the tests. */
  readonly name: string;
  /** Opens one of at least 8 pictures; what it reads may be made in the folder. */
  open(folder: Folder): Promise<FrameSource>;
  /**
   * Opens one in which something cannot be read: it breaks off, or has a picture that says so. Absent
   * where that cannot be.
   */
  readonly openBroken?: (folder: Folder) => Promise<FrameSource>;
  /** Whether its pictures have pixels; a fake's may have none. */
  readonly pixels?: false;
}

const never = () => new AbortController().signal;

/** Opens a source for a test and closes it after. */
async function reading(
  open: SourceCase["open"],
  test: (source: FrameSource) => Promise<void>,
): Promise<void> {
  await using folder = new Folder();
  const source = await open(folder);
  try {
    await test(source);
  } finally {
    await source.close();
  }
}

/** Registers the tests for one kind of source. In one piece: a list of tests that share nothing else. */
export function frameSourceContract(kind: SourceCase): void {
  const { name, open } = kind;

  Deno.test(`${name}: pictures come in order, from 0 ms on, as many as were announced`, async () => {
    await reading(open, async (source) => {
      const times: number[] = [];
      for await (const picture of source.pictures(never())) {
        times.push(picture.ptsMs);
        picture.close();
      }
      assert.ok(times.length >= 8, `${times.length} pictures`);
      assert.equal(times[0], 0);
      assert.deepEqual(times, times.toSorted((a, b) => a - b), "times do not go back");
      assert.ok(times.at(-1)! > 0, "time passes");
      if (source.frameCount !== undefined) assert.equal(times.length, source.frameCount);
      if (source.fps !== undefined) {
        const lastMs = (times.length - 1) * 1000 / source.fps;
        assert.ok(Math.abs(times.at(-1)! - lastMs) < 1, `${times.at(-1)} ms at ${source.fps} fps`);
      }
    });
  });

  Deno.test(`${name}: a picture lasts until it is closed, whatever is read or closed meanwhile`, async () => {
    await reading(open, async (source) => {
      const pictures = await Array.fromAsync(source.pictures(never()));
      while (pictures.length > 0) {
        const [picture] = pictures.splice(pictures.length % 3 === 0 ? 0 : -1, 1);
        if (kind.pixels !== false) await assertPixels(picture!);
        picture!.close();
      }
    });
  });

  Deno.test(`${name}: after the signal at most one more picture comes, and the end is no error`, async () => {
    await reading(open, async (source) => {
      const stop = new AbortController();
      let after = 0;
      for await (const picture of source.pictures(stop.signal)) {
        picture.close();
        if (stop.signal.aborted) after++;
        stop.abort();
      }
      assert.ok(after <= 1, `${after} more pictures`);
    });
    await reading(open, async (source) => {
      for await (const picture of source.pictures(AbortSignal.abort())) picture.close();
    });
  });

  Deno.test(`${name}: a reader may leave before the end, or never come`, async () => {
    await reading(open, async (source) => {
      for await (const picture of source.pictures(never())) {
        picture.close();
        break;
      }
    });
    await reading(open, () => Promise.resolve());
  });

  Deno.test(`${name}: closed a second time, nothing happens`, async () => {
    await reading(open, async (source) => {
      for await (const picture of source.pictures(never())) picture.close();
      await source.close();
    });
  });

  Deno.test(`${name}: it says what it is, and no password`, async () => {
    await reading(open, (source) => {
      assert.doesNotMatch(source.description, /^$|secret/);
      return Promise.resolve();
    });
  });

  const { openBroken } = kind;
  Deno.test({
    name: `${name}: what cannot be read is an error of ours, and what was read before it is whole`,
    ignore: !openBroken,
    async fn() {
      await reading(openBroken!, async (source) => {
        let whole = 0;
        let problem: unknown;
        try {
          for await (const picture of source.pictures(never())) {
            problem ??= picture.unreadable;
            if (!picture.unreadable) whole++;
            picture.close();
          }
        } catch (error) {
          problem = error;
        }
        assert.ok(isSmarteyeError(problem), String(problem));
        assert.match(problem.message, /^Cannot read "/);
        assert.ok(whole > 0, "there was something to see");
      });
    },
  });
}

/** Holds what a picture says of itself against its pixels and its JPEG. */
async function assertPixels(picture: CapturedPicture): Promise<void> {
  const { width, height, data } = await picture.rgb();
  assert.deepEqual([width, height], [picture.width, picture.height]);
  assert.equal(data.length, width * height * 3);
  const size = { width: 32, height: 16 };
  const sent = await EncodedImage.open(await picture.jpeg(size, 80), { pixelsMax: 1e6 });
  assert.deepEqual([sent.width, sent.height], [32, 16]);
}
