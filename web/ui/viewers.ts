/**
 * Answers without an end, one for each who watches: pictures, events. Each has room for one message. Who is
 * slow skips what came meanwhile, so that nobody waits for them and nothing piles up.
 */

import type { Clock } from "../../core/clock.ts";

/** Milliseconds in which a viewer has to take a message; one that does not is gone. */
const TAKE_MS = 30_000;

/** Bounds of those who watch. */
export interface ViewersOptions {
  /** Viewers at once; one more is refused. */
  readonly viewersMax: number;
  /** Patience goes by it. */
  readonly clock: Clock;
  /** Called when one more watches, or one less. */
  readonly onCount?: (count: number) => void;
}

interface Viewer {
  /** What it takes next. */
  next: Uint8Array | undefined;
  /** Since when that waits for it. */
  sinceMs: number;
  /** Lets a read that waits go on. */
  wake: (() => void) | undefined;
  end(error?: Error): void;
}

/** Those who watch the same. */
export class Viewers {
  readonly #open = new Set<Viewer>();
  #sent = 0;
  #skipped = 0;

  /** Nobody watches yet. */
  constructor(private readonly options: ViewersOptions) {}

  /** How many watch. */
  get count(): number {
    return this.#open.size;
  }

  /** Messages that viewers took, and that they were too slow for; of all viewers since the begin. */
  get counts(): { readonly sent: number; readonly skipped: number } {
    return { sent: this.#sent, skipped: this.#skipped };
  }

  /**
   * One more viewer's answer.
   *
   * @param first what it is sent at once.
   * @returns `undefined` when there are too many.
   */
  open(
    headers: Readonly<Record<string, string>>,
    over: AbortSignal,
    first?: Uint8Array,
  ): Response | undefined {
    const { viewersMax, clock } = this.options;
    if (this.#open.size >= viewersMax || over.aborted) return undefined;
    const leave = () => {
      over.removeEventListener("abort", ended);
      if (this.#open.delete(viewer)) this.options.onCount?.(this.#open.size);
      viewer.wake?.();
    };
    const viewer: Viewer = {
      next: first,
      sinceMs: clock.nowMs(),
      wake: undefined,
      end: leave,
    };
    const ended = () => viewer.end();
    const body = new ReadableStream<Uint8Array<ArrayBufferLike>>({
      start: (controller) => {
        viewer.end = (error) => {
          leave();
          if (error) controller.error(error);
          else controller.close();
        };
      },
      pull: async (controller) => {
        if (!viewer.next) await new Promise<void>((resolve) => viewer.wake = resolve);
        viewer.wake = undefined;
        if (!viewer.next || !this.#open.has(viewer)) return;
        controller.enqueue(viewer.next);
        viewer.next = undefined;
        this.#sent++;
      },
      cancel: leave,
    }, { highWaterMark: 0 });
    this.#open.add(viewer);
    over.addEventListener("abort", ended, { once: true });
    this.options.onCount?.(this.#open.size);
    return new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>, { headers });
  }

  /** Sends a message to all. It is not copied: nobody may write to it afterwards. */
  send(message: Uint8Array): void {
    const nowMs = this.options.clock.nowMs();
    for (const viewer of [...this.#open]) {
      if (viewer.next) {
        this.#skipped++;
        if (nowMs - viewer.sinceMs > TAKE_MS) {
          viewer.end(new Error("a viewer took nothing any more"));
          continue;
        }
      } else viewer.sinceMs = nowMs;
      viewer.next = message;
      viewer.wake?.();
    }
  }

  /** Ends all answers. */
  end(): void {
    for (const viewer of [...this.#open]) viewer.end();
  }
}
