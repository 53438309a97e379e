/** How long and how much of an edge's results is kept, as it is set. */

import { resolve as absolute } from "node:path";
import { mayDelete, type RetentionOptions } from "../../edge/retention/options.ts";
import type { Configured } from "./configure.ts";
import { quote } from "./problems.ts";
import type { KeyPath } from "./settings.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Retention. Adds to the problems what is wrong with it.
 *
 * @param runsIn the directory in which runs make theirs; absent: each has been given its own.
 */
export function resolveRetention(
  configured: Configured,
  around: Surroundings,
  runsIn: string | undefined,
): RetentionOptions {
  const { age, size, events_age, keep_free, check } = configured.settings.retention;
  const options = {
    ...(age === undefined ? {} : { ageMs: age }),
    ...(size === undefined ? {} : { bytesMax: size }),
    ...(events_age === undefined ? {} : { eventsAgeMs: events_age }),
    ...(keep_free === undefined ? {} : { keepFree: keep_free }),
    checkMs: check,
  };
  checkEvents(configured, options);
  return mayDelete(options) && runsIn !== undefined
    ? { ...options, runsIn: absolute(around.directory, runsIn) }
    : options;
}

/** Events that would go before all else, or for which nothing goes, are a mistake. */
function checkEvents(
  { problems, items, origin }: Configured,
  options: RetentionOptions,
): void {
  const { ageMs = 0, eventsAgeMs } = options;
  if (eventsAgeMs === undefined) return;
  const path: KeyPath = ["retention", "events_age"];
  const at = { where: origin(path), subject: "[retention]" };
  const found = `events_age = ${quote(items(path)[0]?.text ?? "")}`;
  if (!mayDelete(options)) {
    problems.add({ ...at, found: `${found} alone`, wanted: "age or size beside it" });
  } else if (eventsAgeMs < ageMs) {
    problems.add({ ...at, found: `${found}, less than age`, wanted: "as much as age, or more" });
  }
}
