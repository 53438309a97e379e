/** Frame sources that do as they are told. */

import { SmarteyeError } from "../../core/errors.ts";
import type { CapturedPicture, Pixels, Size } from "../../core/frame.ts";
import type { FrameSource } from "../../edge/capture/source.ts";
import type { FakeClock } from "../../core/fake_clock.ts";

/** A picture without pixels, that notices what is done with it. */
export class FakePicture implements CapturedPicture {
  /** How often it was closed. */
  closed = 0;
  /** Whether somebody looked at it when it was closed already. */
  usedAfterClose = false;
  /** Sizes that it was encoded at. */
  readonly encoded: { readonly size: Size; readonly quality: number }[] = [];
  /** How often it was compared with another. */
  compared = 0;
  readonly unreadable?: SmarteyeError;

  constructor(
    readonly ptsMs: number,
    readonly width = 640,
    readonly height = 360,
    unreadable?: SmarteyeError,
    private readonly onClose: () => void = () => {},
    private readonly jpegBytes = 1000,
  ) {
    if (unreadable) this.unreadable = unreadable;
  }

  rgb(): Promise<Pixels> {
    this.#look();
    return Promise.resolve({ width: this.width, height: this.height, data: new Uint8Array(3) });
  }

  jpeg(size: Size, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    this.#look();
    this.encoded.push({ size, quality });
    return Promise.resolve(new Uint8Array(this.jpegBytes));
  }

  grey({ width, height }: Size): Promise<Uint8Array> {
    this.#look();
    this.compared++;
    return Promise.resolve(new Uint8Array(width * height).fill(this.ptsMs));
  }

  close(): void {
    this.closed++;
    this.onClose();
  }

  #look(): void {
    if (this.closed > 0) this.usedAfterClose = true;
  }
}

/** What a source does. */
export interface SourceScript {
  readonly frames: number;
  readonly live?: boolean;
  /** Milliseconds that each picture takes to come. */
  readonly everyMs?: number;
  /** Milliseconds that each of the first pictures takes longer. */
  readonly delaysMs?: readonly number[];
  /** Numbers of pictures that cannot be read. */
  readonly unreadable?: readonly number[];
  /** The source breaks off before the picture of this number. */
  readonly breaksAt?: number;
  /** Of each picture; 640×360 unless said. */
  readonly size?: Size;
  /** Bytes of a picture as JPEG, whatever its size. */
  readonly jpegBytes?: number;
}

/** A source of pictures without pixels, in virtual time. */
export class FakeSource implements FrameSource {
  readonly description = "fake";
  readonly fps = undefined;
  readonly live: boolean;
  readonly frameCount: number;
  /** Every picture that was handed out. */
  readonly given: FakePicture[] = [];
  /** Pictures that are open, and the most that were. */
  readonly open = { now: 0, most: 0 };

  constructor(private readonly script: SourceScript, private readonly clock: FakeClock) {
    this.live = script.live ?? false;
    this.frameCount = script.frames;
  }

  async *pictures(signal: AbortSignal): AsyncGenerator<FakePicture> {
    const { frames, everyMs = 0, delaysMs = [], unreadable = [], breaksAt } = this.script;
    const { width, height } = this.script.size ?? { width: 640, height: 360 };
    for (let number = 1; number <= frames; number++) {
      const takesMs = everyMs + (delaysMs[number - 1] ?? 0);
      if (takesMs > 0) await this.clock.sleep(takesMs, signal);
      if (signal.aborted) return;
      if (number === breaksAt) {
        throw new SmarteyeError("failed_precondition", `Cannot read "fake": it broke at ${number}`);
      }
      const broken = unreadable.includes(number);
      const picture = new FakePicture(
        (number - 1) * 40,
        broken ? 0 : width,
        broken ? 0 : height,
        broken ? new SmarteyeError("invalid_argument", "Cannot read it") : undefined,
        () => this.open.now--,
        this.script.jpegBytes,
      );
      this.open.most = Math.max(this.open.most, ++this.open.now);
      this.given.push(picture);
      yield picture;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
