/** What a policy returned or threw, as a message may show it: one short line, whatever it is. */

/** Characters that are shown of something. */
const SHOWN_MAX = 200;

/** A value as one reads it in a program. Looking at it never throws, and calls no getter. */
export function show(value: unknown): string {
  try {
    const text = typeof value === "string"
      ? JSON.stringify(value.slice(0, SHOWN_MAX))
      : Deno.inspect(value, { compact: true, breakLength: Infinity, depth: 2, iterableLimit: 20 });
    return inOneLine(text);
  } catch {
    return `something that cannot be shown (${typeof value})`;
  }
}

/** What a thrown value says: the first line of an error's message, else the value itself. */
export function said(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) {
      return typeof thrown === "string" ? inOneLine(thrown) : show(thrown);
    }
    return inOneLine(String(thrown.message).split("\n", 1)[0]!) || "unknown error";
  } catch {
    return "something that cannot be shown";
  }
}

function inOneLine(text: string): string {
  return text.slice(0, 2 * SHOWN_MAX).replace(/\s+/g, " ").trim().slice(0, SHOWN_MAX);
}
