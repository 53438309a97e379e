/** Runs a study on several cores: its cells are simulated apart from each other. */

import { type ErrorCode, SmarteyeError } from "../../core/errors.ts";
import type { CellAnswer, CellQuestion } from "./cell_worker.ts";
import { cellsOf, type Study, type StudyPlan } from "./study.ts";

/** What a study is run with. */
export interface StudyTools {
  /** Workers at once. */
  readonly workers: number;
  /** Directory that the decisions of every cell, policy and edge are recorded in, if anywhere. */
  readonly record?: string | undefined;
  /** Aborts when no more cells are to be begun. */
  readonly stop: AbortSignal;
  /** Told how many cells are done. */
  readonly progress: (done: number, total: number) => void;
}

/** Which of a study's cells are meant: each `count`th, beginning with the `index`th, from 1 on. */
export type Shard = Study["shard"];

/**
 * Simulates the cells of a shard. The same plan comes to the same study, however many Workers there
 * are.
 *
 * @throws {SmarteyeError} what the first cell failed with, or `cancelled`.
 */
export async function runStudy(plan: StudyPlan, shard: Shard, tools: StudyTools): Promise<Study> {
  const places = cellsOf(plan).map((place, at) => ({ place, at }))
    .filter(({ at }) => at % shard.count === shard.index - 1);
  const cells: (Study["cells"][number] | undefined)[] = places.map(() => undefined);
  let [next, done] = [0, 0];
  const work = async () => {
    using worker = new CellWorker();
    while (next < places.length) {
      if (tools.stop.aborted) throw new SmarteyeError("cancelled", "Cannot go on: told to stop");
      const mine = next++;
      const { place, at } = places[mine]!;
      cells[mine] = { at, ...await worker.ask({ plan, place, record: tools.record }) };
      tools.progress(++done, places.length);
    }
  };
  const workers = Math.max(1, Math.min(tools.workers, places.length));
  await Promise.all(Array.from({ length: workers }, work));
  return { form: 1, plan, shard, cells: cells.map((cell) => cell!) };
}

/** One Worker, which is asked one thing at a time. */
class CellWorker implements Disposable {
  readonly #worker = new Worker(new URL("./cell_worker.ts", import.meta.url), { type: "module" });

  async ask(question: CellQuestion) {
    const answered = Promise.withResolvers<CellAnswer>();
    this.#worker.onmessage = ({ data }) => answered.resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      answered.reject(new SmarteyeError("internal", `Cannot simulate: ${event.message}`));
    };
    this.#worker.postMessage(question);
    const answer = await answered.promise;
    if ("cell" in answer) return answer.cell;
    throw new SmarteyeError(answer.error.code as ErrorCode, answer.error.message);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
