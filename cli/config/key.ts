/** What is known of a key of a config file. */

import type { Kind } from "./kinds.ts";

/** A kind of sections of the form `[kind:NAME]`. */
export type NamedKindName = "policy" | "source" | "zone" | "sink" | "rule";

/** The name of a section such as `policy:nightly`. */
export type NamedSection = `${NamedKindName}:${string}`;

/** One key of a config file. */
export interface Key<T = unknown> {
  /** Checks a text and turns it into the value. */
  readonly kind: Kind<T>;
  /** The default, as it would stand in a file. */
  readonly default: string;
  /** What it is for, in one line, with its unit. */
  readonly about: string;
  /** Never shown. */
  readonly secret?: true;
  /** Accepted because older files have it; changes nothing. */
  readonly retired?: true;
  /** Older files call that setting so; it counts where the newer name is not written beside it. */
  readonly olderNameOf?: readonly [section: NamedSection, key: string];
}

/** A family of keys, `url0`, `url1`, …, that make up one list in the order of their numbers. */
export interface NumberedKey<T = unknown> {
  /** Tells it from a single key. */
  readonly numbered: true;
  /** Checks a text and turns it into the value. */
  readonly kind: Kind<T>;
  /** The default list, as its texts would stand in a file. */
  readonly default: readonly string[];
  /** What it is for, in one line, with its unit. */
  readonly about: string;
}
