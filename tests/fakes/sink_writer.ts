/** A kind of sink that does as it is told. */

import type { FakeClock } from "../../core/fake_clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { SinkWriter } from "../../edge/sink/added/writer.ts";
import type { FrameResult } from "../../edge/sink/sink.ts";
import type { Note } from "../../edge/scene/note.ts";

/** What a writer does; what is not said it does well and at once. */
export interface WriterScript {
  /** Milliseconds that each item takes. */
  readonly itemMs?: number;
  /** Why it cannot write now; it can where this is `undefined`. */
  readonly fails?: (nowMs: number) => "failed_precondition" | "invalid_argument" | undefined;
  /** It never ends what it begins. */
  readonly hangs?: boolean;
  /** Resolves when it may write again. */
  readonly back?: Promise<void>;
  /** Its end fails. */
  readonly closeFails?: boolean;
}

/** Keeps the numbers of frames, and what it was told beside them. */
export class FakeWriter implements SinkWriter<number | string> {
  readonly description = "fake writer";
  readonly written: (number | string)[] = [];
  /** When it was asked to write. */
  readonly triedMs: number[] = [];
  closed = 0;
  #isBusy = false;

  constructor(private readonly script: WriterScript, private readonly clock: FakeClock) {}

  itemOf({ record }: FrameResult): number {
    return record.frame;
  }

  itemOfNote(note: Note): string {
    return note.event;
  }

  async write(items: readonly (number | string)[]): Promise<void> {
    if (this.#isBusy) throw new Error("one at a time");
    this.#isBusy = true;
    const { itemMs = 0, fails, hangs } = this.script;
    this.triedMs.push(this.clock.nowMs());
    if (hangs) await new Promise(() => {});
    if (itemMs > 0) await this.clock.sleep(items.length * itemMs);
    this.#isBusy = false;
    const code = fails?.(this.clock.nowMs());
    if (code) throw new SmarteyeError(code, "Cannot write: as it was told");
    this.written.push(...items);
  }

  back(): Promise<void> {
    return this.script.back ?? new Promise(() => {});
  }

  close(): Promise<void> {
    this.closed++;
    return this.script.closeFails ? Promise.reject(new Error("no end")) : Promise.resolve();
  }
}
