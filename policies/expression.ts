/**
 * Control policies that are combined, as users write them: `fallback(a, b)`, `budgeted(a, 50k)`,
 * `shadow(a, b)`, of names, paths of modules, and others of these.
 */

import { closest } from "../core/closest.ts";
import { Unusable } from "./user_module.ts";

/** What a user named: one policy, or several and how they are combined. */
export type PolicyExpression =
  | {
    readonly kind: "one";
    /** A registered name or the path of a module; whether there is one is not looked at. */
    readonly nameOrPath: string;
  }
  | {
    readonly kind: "fallback" | "shadow";
    /** That is asked first, or that is live. */
    readonly first: PolicyExpression;
    /** That stands in, or that is only asked. */
    readonly second: PolicyExpression;
  }
  | {
    readonly kind: "budgeted";
    /** Whose offloads are bounded. */
    readonly first: PolicyExpression;
    /** By so many bytes a second, above 0. */
    readonly bytesPerSec: number;
  };

/** How each is written. */
const FORMS = {
  fallback: "fallback(POLICY, POLICY)",
  budgeted: "budgeted(POLICY, BYTES_PER_S)",
  shadow: "shadow(LIVE, CANDIDATE)",
} as const;

/** All forms, as help tells of them. */
export const EXPRESSION_FORMS: readonly string[] = Object.values(FORMS);

/** Why something is no expression. */
export class ExpressionProblem extends Unusable {
  /** Its message is both together. */
  constructor(
    /** What was found, as a clause. */
    readonly found: string,
    /** What is wanted instead. */
    readonly wanted: string,
  ) {
    super(`${found}, ${wanted} is wanted`);
  }
}

/** Expressions that may lie in each other. */
const DEPTH_MAX = 8;

/** Bytes a second of a budget, at most. */
const RATE_MAX = 1e9;

/**
 * Whether policies are combined: a word with brackets behind it, up to the end. The path of a module that
 * looks so is written with `./` before it.
 */
export function isExpression(text: string): boolean {
  const [, word] = /^(\w+)\(/.exec(text.trim()) ?? [];
  return word !== undefined && (Object.hasOwn(FORMS, word) || text.trim().endsWith(")"));
}

/** A list of policies, split at the commas that are in no brackets. */
export function splitPolicies(text: string): readonly string[] {
  const found: string[] = [];
  let [depth, begin] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")") depth--;
    if (depth > 0 || text[at] !== ",") continue;
    found.push(text.slice(begin, at).trim());
    begin = at + 1;
  }
  return [...found, text.slice(begin).trim()];
}

/** Takes an expression apart. @throws {ExpressionProblem} with what was found and what is wanted. */
export function parsePolicy(text: string): PolicyExpression {
  return parse(text.trim(), DEPTH_MAX);
}

/**
 * Every policy that an expression names, each once, in the order in which they stand. Of one that cannot
 * be taken apart it is itself: whoever loads it tells why.
 */
export function policiesIn(text: string): readonly string[] {
  try {
    return [...new Set(leavesOf(parsePolicy(text)))];
  } catch (error) {
    if (error instanceof ExpressionProblem) return [text];
    throw error;
  }
}

function leavesOf(expression: PolicyExpression): readonly string[] {
  switch (expression.kind) {
    case "one":
      return [expression.nameOrPath];
    case "budgeted":
      return leavesOf(expression.first);
    case "fallback":
    case "shadow":
      return [...leavesOf(expression.first), ...leavesOf(expression.second)];
    default:
      return expression satisfies never;
  }
}

function parse(text: string, depth: number): PolicyExpression {
  if (!isExpression(text)) return { kind: "one", nameOrPath: text };
  if (depth === 0) {
    throw new ExpressionProblem("policies that are combined too often", `a depth of ${DEPTH_MAX}`);
  }
  const at = text.indexOf("(");
  const kind = kindOf(text.slice(0, at));
  const [first, second] = twoOf(kind, text, argumentsIn(text, at + 1));
  const inner = parse(first, depth - 1);
  if (kind === "budgeted") return { kind, first: inner, bytesPerSec: rateOf(second) };
  return { kind, first: inner, second: parse(second, depth - 1) };
}

function kindOf(word: string): keyof typeof FORMS {
  if (Object.hasOwn(FORMS, word)) return word as keyof typeof FORMS;
  const likely = closest(word, Object.keys(FORMS));
  throw new ExpressionProblem(
    `${JSON.stringify(word)} with brackets behind it${likely ? ` (did you mean ${likely}?)` : ""}`,
    `one of ${EXPRESSION_FORMS.join(", ")}`,
  );
}

/** What stands between the bracket that opens there and the one that closes it, which ends the text. */
function argumentsIn(text: string, from: number): readonly string[] {
  const closes = closingIn(text, from);
  if (closes === undefined) {
    throw new ExpressionProblem(`${JSON.stringify(text)}, which ends within brackets`, 'a ")"');
  }
  const behind = text.slice(closes + 1).trim();
  if (behind !== "") {
    throw new ExpressionProblem(`${JSON.stringify(behind)} behind the last ")"`, "nothing more");
  }
  return splitPolicies(text.slice(from, closes));
}

/** Where the bracket that stands before a place is closed. */
function closingIn(text: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at;
  }
}

function twoOf(
  kind: keyof typeof FORMS,
  text: string,
  found: readonly string[],
): readonly [first: string, second: string] {
  const [first, second] = found;
  if (found.length === 2 && first && second) return [first, second];
  const given = found.filter((part) => part !== "").length;
  throw new ExpressionProblem(
    `${JSON.stringify(text)}, with ${given} of two between its brackets`,
    FORMS[kind],
  );
}

const FACTORS: Readonly<Record<string, number>> = { "": 1, k: 1000, M: 1_000_000 };

function rateOf(text: string): number {
  const [, digits, letter] = /^(\d{1,12}(?:\.\d{1,6})?)([kM]?)$/.exec(text) ?? [];
  const rate = Number(digits) * FACTORS[letter ?? ""]!;
  if (rate > 0 && rate <= RATE_MAX) return rate;
  throw new ExpressionProblem(
    `the budget ${JSON.stringify(text)}`,
    `a number of bytes a second above 0, at most ${RATE_MAX}, such as 50000, 50k or 1.5M,`,
  );
}
