/** The names of a data set's classes, from the file that YOLO's tools keep them in. */

import { join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { DataProblems } from "./data_problems.ts";

const FILES = ["data.yaml", "data.yml", "classes.txt"] as const;

/** Characters that such a file may have. */
const LENGTH_MAX = 1024 * 1024;

const WANTED = "names: a list of the classes' names, or a table of them by number from 0";

/**
 * The classes that the first such file names: `data.yaml` (`names`) or `classes.txt` (a line each),
 * in the first directory that has one. What is wrong with it is added to `problems`.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is no such file.
 */
export async function classNames(
  directories: readonly string[],
  problems: DataProblems,
): Promise<string[]> {
  const unique = [...new Set(directories)];
  for (const directory of unique) {
    for (const file of FILES) {
      const path = join(directory, file);
      const text = await textOf(path);
      if (text === undefined) continue;
      if (text.length > LENGTH_MAX) {
        problems.add(path, `${text.length} characters`, `at most ${LENGTH_MAX}`);
        return [];
      }
      return file === "classes.txt" ? linesOf(text) : namesIn(text, path, problems);
    }
  }
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the names of the classes: there is none of ${FILES.join(", ")} in ` +
      `${unique.join(", ")}, one of them is wanted`,
  );
}

function linesOf(text: string): string[] {
  return text.replace(/^\ufeff/, "").trimEnd().split(/\r?\n/).map((line) => line.trim());
}

function namesIn(text: string, path: string, problems: DataProblems): string[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const { message, pos } of document.errors) {
    problems.add(`${path}:${lines.linePos(pos[0]).line}`, message, "YAML");
  }
  if (document.errors.length > 0) return [];
  let said: unknown;
  try {
    said = document.toJS();
  } catch (error) { // aliases of aliases, which would fill the memory
    problems.add(path, messageOf(error), WANTED);
    return [];
  }
  const names = isTable(said) ? said.names : undefined;
  const list = Array.isArray(names) ? names : isTable(names) ? byNumber(names) : [];
  const isNamed = list.every((name) => typeof name === "string" || typeof name === "number");
  if (list.length > 0 && isNamed) return list.map(String);
  problems.add(path, names === undefined ? "no names" : JSON.stringify(names).slice(0, 80), WANTED);
  return [];
}

/** The values of `{0: …, 1: …}` in order; none when a number is left out. */
function byNumber(names: Readonly<Record<string, unknown>>): unknown[] {
  const count = Object.keys(names).length;
  const list = Array.from({ length: count }, (_, number) => names[number]);
  return list.includes(undefined) ? [] : list;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
