/** A sink that rules name, behind the stage that lets through what is of its rules. */

import type { OverflowRule } from "../../../core/bounded_queue.ts";
import type { Ending } from "../../record.ts";
import type { Note } from "../../scene/note.ts";
import type { Summary } from "../../statistics.ts";
import type { FrameResult, Sink, SinkTally } from "../sink.ts";
import type { AddedSink } from "./added_sink.ts";
import { RuleRoute } from "./rule_route.ts";

/** Hands on what its rules let through, in the order in which it comes. */
export class RoutedSink implements Sink {
  readonly #route: RuleRoute;

  /** Nothing has met a rule yet. @param rules names of those that name the sink */
  constructor(private readonly sink: AddedSink, rules: Iterable<string>) {
    this.#route = new RuleRoute(rules);
  }

  /** As of the sink. */
  get description(): string {
    return this.sink.description;
  }

  /** As of the sink. */
  get queueLengthMax(): number {
    return this.sink.queueLengthMax;
  }

  /** As of the sink. */
  get overflow(): OverflowRule {
    return this.sink.overflow;
  }

  /** As of the sink. */
  get atOnce(): number {
    return this.sink.atOnce;
  }

  /** As of the sink. */
  get tally(): SinkTally {
    return this.sink.tally;
  }

  /** As of the sink. */
  needsPicture(ending: Ending, index: number): boolean {
    return this.sink.needsPicture(ending, index);
  }

  /** Hands on a frame, with what of its events is to be heard. */
  write(result: FrameResult): Promise<void> {
    return this.sink.write(this.#route.resultOf(result));
  }

  /** Hands on what is to be heard of that. */
  async note(note: Note): Promise<void> {
    for (const one of this.#route.notesOf(note)) await this.sink.note(one);
  }

  /** As of the sink. */
  flush(): Promise<void> {
    return this.sink.flush();
  }

  /** As of the sink. */
  close(summary?: Summary): Promise<void> {
    return this.sink.close(summary);
  }
}
