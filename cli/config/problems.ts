/** What is wrong with the settings, collected so that the user sees all of it at once. */

import { SmarteyeError } from "../../core/errors.ts";
import { closest } from "../../core/closest.ts";
import { redactWhole } from "../../core/redact.ts";

/** One thing that is wrong. */
export interface Problem {
  /** Where the user wrote it: `config/config.ini:12`, `SMARTEYE_MODELS` or `--interval`. */
  readonly where: string;
  /** Which setting it is about, where `where` does not say so: `[monitor] monitor_interval`. */
  readonly subject?: string;
  /** What is there. */
  readonly found: string;
  /** What could be there instead. */
  readonly wanted: string;
}

/** A growing list of problems that becomes one error. */
export class Problems {
  readonly #list: Problem[] = [];

  /** How many problems there are. */
  get count(): number {
    return this.#list.length;
  }

  /** Notes one more problem; one that two roles have is one. */
  add(problem: Problem): void {
    const line = lineOf(problem);
    if (!this.#list.some((other) => lineOf(other) === line)) this.#list.push(problem);
  }

  /** One line a problem: those of the file by line, then the others in the order of noting. */
  lines(): string[] {
    return this.#list.toSorted((a, b) => numberOf(a) - numberOf(b)).map(lineOf);
  }

  /**
   * Ends here if anything is wrong.
   *
   * @throws {SmarteyeError} `invalid_argument` that lists every problem.
   */
  throwIfAny(): void {
    const lines = this.lines();
    if (lines.length === 0) return;
    if (lines.length === 1) {
      throw new SmarteyeError("invalid_argument", `Cannot use the settings: ${lines[0]}`);
    }
    const head = `Cannot use the settings: ${lines.length} problems`;
    throw new SmarteyeError("invalid_argument", [head, ...lines].join("\n  "));
  }
}

function lineOf({ where, subject, found, wanted }: Problem): string {
  return `${where}: ${subject ? `${subject}: ` : ""}found ${found}, wanted ${wanted}`;
}

/** The number of the line in a file, for sorting. */
function numberOf({ where }: Problem): number {
  return Number(/:(\d+)$/.exec(where)?.[1] ?? Number.MAX_SAFE_INTEGER);
}

const SHOWN_MAX = 60;

/** What the user wrote, safe to show: on one line, not too long, without a URL's password. */
export function quote(text: string): string {
  const shown = redactWhole(text);
  const short = shown.length > SHOWN_MAX ? `${shown.slice(0, SHOWN_MAX)}…` : shown;
  // JSON leaves DEL and the C1 controls as they are, and some terminals act on them.
  return JSON.stringify(short).replace(
    /[\x7f-\x9f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `wanted` text for a name that is not known: the likely one, else all there are. */
export function wantedName(kind: string, name: string, candidates: readonly string[]): string {
  const likely = closest(name, candidates);
  return likely === undefined
    ? `${kind}: ${candidates.join(", ")}`
    : `${kind} (did you mean ${quote(likely)}?)`;
}

/** `wanted` text for a name of a short list: all there are, and the likely one. */
export function oneOf(name: string, candidates: readonly string[]): string {
  const likely = closest(name, candidates);
  return `one of ${candidates.join(", ")}${
    likely === undefined ? "" : ` (did you mean ${quote(likely)}?)`
  }`;
}
