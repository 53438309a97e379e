/** Logs, on stderr: stdout belongs to results. */

import { configure, getLogger, getTextFormatter, type LogRecord } from "@logtape/logtape";
import { type Clock, OVER, systemClock } from "./clock.ts";
import { redact } from "./redact.ts";
import { type ByteStream, writerTo } from "./write_all.ts";

/** How much is said. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** Characters of a line that is logged. */
const LINE_MAX = 2000;

/** Characters of what is logged for whoever looks for a fault: stacks have many lines. */
const STACK_MAX = 4 * LINE_MAX;

/** Every log level, from most to least said. */
export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warning", "error"];

/**
 * Where one part of the program says what it does. `{name}` in a message stands for the property of
 * that name, and `{{` for a brace.
 */
export interface Log {
  /** For whoever looks for a fault. */
  debug(message: string, properties?: Record<string, unknown>): void;
  /** What a user may like to know. */
  info(message: string, properties?: Record<string, unknown>): void;
  /** Something is lost or slower than it should be, and the run goes on. */
  warn(message: string, properties?: Record<string, unknown>): void;
  /** Something does not work, and somebody has to see to it. */
  error(message: string, properties?: Record<string, unknown>): void;
}

/** The log of one part of the program, such as `edge` or `forwarder`. */
export function logger(part: string): Log {
  return getLogger(["smarteye", part]);
}

/**
 * Starts logging to stderr, or to another stream. `beforeLine` is called before each line is
 * written, so that a progress line can step aside.
 */
export async function startLogging(
  level: LogLevel,
  beforeLine: () => void = () => {},
  stream: ByteStream = Deno.stderr,
): Promise<void> {
  const format = getTextFormatter({
    timestamp: "time",
    level: "full",
    category: ".",
    value: (value, inspect) => typeof value === "string" ? value : inspect(value),
  });
  const encoder = new TextEncoder();
  const writeAll = writerTo(stream);
  const stderr = (record: LogRecord) => {
    beforeLine();
    writeAll(encoder.encode(oneLine(format(record), level)));
  };
  await configure({
    reset: true,
    sinks: { stderr },
    loggers: [
      { category: "smarteye", sinks: ["stderr"], lowestLevel: level },
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "error" },
    ],
  });
}

/**
 * A line as it may be shown, without passwords: what a stranger sent must neither begin a new one nor
 * move the cursor, nor hold everything up because there is so much of it.
 */
export function oneLine(text: string, level: LogLevel): string {
  const charactersMax = level === "debug" ? STACK_MAX : LINE_MAX;
  // Twice as many are looked through, so that a password that the end cuts in two is seen.
  const line = redact(text.slice(0, 2 * charactersMax).trimEnd());
  if (level === "debug") return `${line.slice(0, charactersMax)}\n`;
  // deno-lint-ignore no-control-regex -- these are what is meant
  const plain = line.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+/g, " ");
  return `${plain.slice(0, charactersMax)}\n`;
}

/** How often what happens all the time is said, milliseconds. */
export const SECOND_MS = 1000;

/** How often what lasts for long is said, milliseconds. */
export const MINUTE_MS = 60_000;

/**
 * Says something that happens often at most once in a period, with how many times it happened:
 * `tell("a server refused", "s1")` → `a server refused: s1`, then `a server refused (×12 more): s2`.
 */
export class Thinned {
  readonly #pending = new Map<string, { count: number; last: string }>();
  #period: AbortController | undefined;

  /**
   * Says nothing yet.
   *
   * @param say writes one line: at once for the first occurrence, for the others when a period is over.
   * @param periodMs how long a period is, milliseconds.
   * @param clock tells when it is over.
   */
  constructor(
    private readonly say: (message: string) => void,
    private readonly periodMs: number = SECOND_MS,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Notes one occurrence of `what`; `detail` of the latest one is said. */
  tell(what: string, detail = ""): void {
    const seen = this.#pending.get(what);
    if (seen) {
      seen.count++;
      seen.last = detail;
      return;
    }
    this.say(detail ? `${what}: ${detail}` : what);
    this.#pending.set(what, { count: 0, last: detail });
    if (!this.#period) void this.#sayEachPeriod(this.#period = new AbortController());
  }

  /** Says what is still unsaid. */
  flush(): void {
    this.#period?.abort(OVER);
    this.#period = undefined;
    this.#sayMore();
    this.#pending.clear();
  }

  async #sayEachPeriod(period: AbortController): Promise<void> {
    while (this.#pending.size > 0) {
      await this.clock.sleep(this.periodMs, period.signal);
      if (period.signal.aborted) return;
      this.#sayMore();
    }
    this.#period = undefined;
  }

  /** Says how often what was said happened since; what did not is said at once when it happens again. */
  #sayMore(): void {
    for (const [what, seen] of this.#pending) {
      const { count, last } = seen;
      if (count === 0) this.#pending.delete(what);
      else this.say(`${what} (×${count} more)${last ? `: ${last}` : ""}`);
      seen.count = 0;
    }
  }
}
