/** The rendered street as a source of frames: what there is to look at where there is nothing else. */

import type { CapturedPicture } from "../../core/frame.ts";
import { PixelPicture } from "../../core/image.ts";
import { parseStreet, type StreetOptions } from "../../street/options.ts";
import { StreetScene } from "../../street/scene.ts";
import type { FrameSource } from "./source.ts";

/** A street scene as a source that waits for whoever reads it. */
export class StreetSource implements FrameSource {
  readonly description: string;
  readonly live = false;
  readonly frameCount: number;
  readonly fps: number;

  private constructor(private readonly scene: StreetScene, options: StreetOptions) {
    const { width, height, fps, frames, seed } = options;
    this.description = `synthetic street, ${width}×${height}, ${fps} fps, seed ${seed}`;
    this.frameCount = frames;
    this.fps = fps;
  }

  /**
   * Opens a source by its name (see {@link parseStreet}) or from options.
   *
   * @throws {SmarteyeError} `invalid_argument` when an option is unknown or out of bounds.
   */
  static async open(from: string | StreetOptions): Promise<StreetSource> {
    const options = typeof from === "string" ? parseStreet(from) : from;
    return new StreetSource(await StreetScene.create(options), options);
  }

  /** The frames in order, until there are no more or `signal` aborts. */
  async *pictures(signal: AbortSignal): AsyncGenerator<CapturedPicture> {
    for (let index = 0; index < this.frameCount && !signal.aborted; index++) {
      const { pixels } = await this.scene.render(index);
      yield new PixelPicture(pixels, index * 1000 / this.fps);
    }
  }

  /** Nothing is held that would have to be given back. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
