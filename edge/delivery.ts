/** From settled frames to sinks: in order of capture, then to each sink at its own pace. */

import type { Thinned } from "../core/log.ts";
import type { Frame } from "../core/frame.ts";
import { InOrder } from "./in_order.ts";
import type { PictureShare } from "./picture_budget.ts";
import type { Note } from "./scene/note.ts";
import { Outlet } from "./sink/outlet.ts";
import type { EndedFrame, FrameResult, Sink } from "./sink/sink.ts";
import type { Summary } from "./statistics.ts";

/**
 * Records that may wait for sinks. Frames of a live source that nobody has time for end too, and each
 * leaves its record: at 30 frames a second these are those of 2 minutes, some MB.
 */
export const RECORDS_MAX = 4096;

/** What a delivery is made of. */
export interface DeliveryParts {
  /** Where results go. */
  readonly sinks: readonly Sink[];
  /** Makes the result of a frame that ended: of each in its turn. */
  readonly see: (ended: EndedFrame) => FrameResult;
  /** The pictures that the run may have open. */
  readonly pictures: PictureShare;
  /** Where it is said what a sink's queue dropped. */
  readonly warnings: Thinned;
  /** Hears of each write that failed. */
  readonly onFailure: (error: unknown) => void;
}

/** A frame that ended, and who looks at its picture: that is asked once. */
interface Waiting {
  readonly ended: EndedFrame;
  readonly viewers: readonly Outlet[];
}

/** Hands the results of one run on, and says when capture has to wait for the sinks. */
export class Delivery {
  readonly #outlets: readonly Outlet[];
  readonly #inOrder = new InOrder<Waiting>((waiting) => void this.#deliver(waiting));
  readonly #waiting = new Set<() => void>();
  /** Notes that wait for results before them. */
  readonly #telling = new Set<Promise<void>>();
  #records = 0;
  #atDoor = 0;

  /** Hands on nothing yet. @throws {RangeError} if a sink has no room for even one result. */
  constructor(private readonly parts: DeliveryParts) {
    this.#outlets = parts.sinks.map((sink) => new Outlet(sink, parts));
  }

  /** A frame was captured, with its picture open. */
  opened({ picture }: Frame): void {
    this.parts.pictures.opened(picture);
  }

  /** Takes a frame that ended. Its picture is closed when no sink needs it any more: here and now, if none does. */
  add(ended: EndedFrame): void {
    this.#records++;
    const viewers = this.#viewers(ended);
    if (viewers.length === 0) this.#close(ended.frame);
    this.#inOrder.add(ended.frame.index, { ended, viewers });
  }

  /** Tells every sink that wants to hear what happened beside the frames. */
  note(note: Note): void {
    for (const { sink } of this.#outlets) sink.note?.(note).catch(this.parts.onFailure);
  }

  /** Tells every sink that, when it is done with the results that were handed to it before. */
  noteAfter(note: Note): void {
    const telling = Promise.all(this.#outlets.map(async (outlet) => {
      await outlet.settled;
      await outlet.sink.note?.(note);
    })).then(() => {}, this.parts.onFailure).finally(() => this.#telling.delete(telling));
    this.#telling.add(telling);
  }

  /** Resolves when one more frame may be taken up, or `signal` aborts. */
  room(signal: AbortSignal): Promise<void> {
    return this.#until(
      () => this.parts.pictures.hasRoom && this.#atDoor === 0 && this.#records < RECORDS_MAX,
      signal,
    );
  }

  /**
   * Resolves when each sink is done with every result; no more may be added after that.
   *
   * @param finish tells what is to be told when all results are there.
   */
  async drain(finish: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await Promise.all(this.#outlets.map((outlet) => outlet.drain()));
    await finish();
    await Promise.all(this.#telling);
    await Promise.all(this.#outlets.map((outlet) => outlet.flush()));
  }

  /** Closes every sink. @throws what the first of them throws that cannot be closed. */
  async close(summary: Summary): Promise<void> {
    const closing = this.#outlets.map(({ sink }) => sink.close(summary));
    const refused = (await Promise.allSettled(closing)).find(({ status }) => status === "rejected");
    if (refused?.status === "rejected") throw refused.reason;
  }

  async #deliver({ ended, viewers }: Waiting): Promise<void> {
    const result = this.parts.see(ended);
    const handed = this.#outlets.map((outlet) => ({ outlet, ...outlet.write(result) }));
    this.#atDoor++;
    void Promise.all(handed.map(({ entered }) => entered)).then(() => {
      this.#atDoor--;
      this.#wake();
    });
    if (viewers.length > 0) {
      const looking = handed.filter(({ outlet }) => viewers.includes(outlet));
      await Promise.all(looking.map(({ written }) => written));
      this.#close(result.frame);
      this.#wake();
    }
    await Promise.all(handed.map(({ written }) => written));
    this.#records--;
    this.#wake();
  }

  #viewers({ ending, frame: { index } }: EndedFrame): readonly Outlet[] {
    return this.#outlets.filter(({ sink }) => sink.needsPicture(ending, index));
  }

  #close({ picture }: Frame): void {
    picture.close();
    this.parts.pictures.closed(picture);
  }

  async #until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!holds() && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          unlisten();
          signal.removeEventListener("abort", wake);
          resolve();
        };
        const unlisten = this.parts.pictures.onRoom(wake);
        this.#waiting.add(wake);
        signal.addEventListener("abort", wake, { once: true });
      });
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
