/** Studies as files, and the shards of one put together. */

import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { cellsOf, type Study, type StudyPlan } from "./study.ts";

/** What a whole study is called in its directory. */
export const STUDY_FILE = "study.json";

/** What a shard of a study is called. */
export function shardFile({ index, count }: Study["shard"]): string {
  return count === 1 ? STUDY_FILE : `shard-${index}-of-${count}.json`;
}

/** A study as text: the same study, the same text. */
export function studyText(study: Study): string {
  const { cells, ...head } = study;
  const lines = cells.map((cell) => JSON.stringify(cell, rounded));
  // A cell a line: it can be read without a program, and compared.
  return `${JSON.stringify(head).slice(0, -1)},"cells":[\n${lines.join(",\n")}\n]}\n`;
}

/** A millionth is more than anything here is good for. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toFixed(6)) : value;
}

/** Reads a study. @throws {SmarteyeError} `invalid_argument` when the file is none. */
export async function readStudy(path: string): Promise<Study> {
  let study: Partial<Study>;
  try {
    study = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    throw unreadable(path, messageOf(cause), cause);
  }
  if (study.form === 1 && study.plan && study.shard && study.cells) return study as Study;
  throw unreadable(path, 'it is none, what "smarteye lab simulate" writes is wanted');
}

/** Whether a study is the shard of a plan that is meant, with every cell of it. */
export function isShardOf(
  study: Study,
  plan: StudyPlan,
  { index, count }: Study["shard"],
): boolean {
  const wanted = cellsOf(plan).map((_, at) => at).filter((at) => at % count === index - 1);
  return study.shard.index === index && study.shard.count === count &&
    JSON.stringify(study.plan) === JSON.stringify(plan) &&
    JSON.stringify(study.cells.map(({ at }) => at)) === JSON.stringify(wanted);
}

/**
 * Puts the shards of a study together, in any order.
 *
 * @throws {SmarteyeError} `invalid_argument` when they are of different studies, or some are missing or
 * there twice.
 */
export function mergeStudies(shards: readonly Study[]): Study {
  const [first] = shards;
  if (!first) throw new SmarteyeError("invalid_argument", "Cannot merge: there is no shard");
  const plan = JSON.stringify(first.plan);
  const { count } = first.shard;
  const other = shards.find((shard) =>
    JSON.stringify(shard.plan) !== plan || shard.shard.count !== count
  );
  if (other) {
    throw cannotMerge(
      `shard ${other.shard.index} of ${other.shard.count} is of another study than shard ` +
        `${first.shard.index} of ${count}, shards of one study are wanted`,
    );
  }
  const cells = shards.flatMap((shard) => shard.cells).sort((a, b) => a.at - b.at);
  const wanted = cellsOf(first.plan).length;
  const missing = Array.from({ length: wanted }, (_, at) => at)
    .filter((at) => cells.filter((cell) => cell.at === at).length !== 1);
  if (missing.length > 0) {
    const indexes = [...new Set(missing.map((at) => at % count + 1))].sort((a, b) => a - b);
    throw cannotMerge(
      `shard ${
        indexes.join(", ")
      } of ${count} is missing, not whole or there twice, each once is wanted`,
    );
  }
  return { form: 1, plan: first.plan, shard: { index: 1, count: 1 }, cells };
}

function cannotMerge(found: string): SmarteyeError {
  return new SmarteyeError("invalid_argument", `Cannot merge the shards: ${found}`);
}

function unreadable(path: string, found: string, cause?: unknown): SmarteyeError {
  return new SmarteyeError("invalid_argument", `Cannot read the study "${path}": ${found}`, {
    cause,
  });
}
