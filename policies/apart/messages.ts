/** What is said between the program and the Worker that a user's policy runs in. */

import type { MessagePort } from "node:worker_threads";

/** The first message: what to load, and where everything else is said, which the policy never sees. */
export interface Start {
  /** Of the module. */
  readonly url: string;
  /** Of the module, as the user wrote it. */
  readonly path: string;
  /** The Worker's end of the line. */
  readonly port: MessagePort;
}

/** Asks the policy. */
export interface Question {
  /** Another one for each question. */
  readonly id: number;
  /** What the policy is told. */
  readonly snapshot: unknown;
  /** Of the numbers that it may draw. */
  readonly seed: number;
  /** Milliseconds after which the Worker itself ends what the policy is at. */
  readonly endMs: number;
}

/** What a module says of itself, as it says it: nothing of it is checked, but its name. */
export interface Declared {
  /** What the policy is called. */
  readonly name: string;
  /** Its export of that name; `undefined` where it has none. */
  readonly parameters: unknown;
  /** Its export of that name; `undefined` where it has none. */
  readonly needs: unknown;
  /** Its export of that name; `undefined` where it has none. */
  readonly about: unknown;
}

/** What comes back. */
export type Reply =
  /** The module is imported, and has a policy. */
  | { readonly kind: "loaded"; readonly declared: Declared }
  /** It has none that can be used: `<found>, <wanted>`. */
  | { readonly kind: "unusable"; readonly why: string }
  /** What the policy returned: data, and not too much of it. It took so many milliseconds for that. */
  | {
    readonly kind: "answered";
    readonly id: number;
    readonly returned: unknown;
    readonly tookMs: number;
  }
  /** What is wrong with what it returned: `it <found>, <wanted>`. */
  | { readonly kind: "refused"; readonly id: number; readonly why: string }
  /** It was at it for `endMs`, and was ended. */
  | { readonly kind: "ended"; readonly id: number }
  /** It returned a promise. */
  | { readonly kind: "promised"; readonly id: number }
  /** What it threw said this. */
  | { readonly kind: "threw"; readonly id: number; readonly why: string }
  /** Why it can be asked no more: it failed in a timer, or a promise of its own, or ends the Worker. */
  | { readonly kind: "failed"; readonly why: string };

/**
 * Bytes of an answer that are taken over, as `weightOf` counts them: a `state` may have 64 KiB of JSON,
 * which weighs 1.4 million where all of it is digits.
 */
export const ANSWER_BYTES_MAX = 1_500_000;
