/** Values as exporters write them into a file's notes: Python's literals, and JSON's. */

/** A value of a note. */
export type Literal = string | number | boolean | null | readonly Literal[] | LiteralMap;

/** A dict, or an object; its keys as text, in their order. */
export type LiteralMap = ReadonlyMap<string, Literal>;

/** Characters of a note that are read: what is longer is no list of names. */
const LENGTH_MAX = 1 << 20;

/** Values within values: notes are not trusted with the stack. */
const DEPTH_MAX = 20;

const WORDS: Readonly<Record<string, boolean | null>> = {
  ...{ True: true, False: false, None: null },
  ...{ true: true, false: false, null: null },
};

/** What follows a backslash; anything else stands for itself. */
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

const CLOSING: Readonly<Record<string, string>> = { "[": "]", "(": ")" };

/** The value that a note is, if the whole of it is one. */
export function parseLiteral(note: string): Literal | undefined {
  if (note.length > LENGTH_MAX) return undefined;
  const reader = new LiteralReader(note);
  try {
    const value = reader.value(0);
    return reader.isAtEnd() ? value : undefined;
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class NoLiteral extends Error {}

class LiteralReader {
  #at = 0;

  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    this.#skip();
    return this.#at === this.text.length;
  }

  value(depth: number): Literal {
    if (depth > DEPTH_MAX) throw new NoLiteral();
    this.#skip();
    const first = this.text[this.#at];
    if (first === '"' || first === "'") return this.#string(first);
    if (first === "{") return this.#map(depth);
    if (first !== undefined && first in CLOSING) return this.#list(CLOSING[first]!, depth);
    const [word] = this.#match(/[A-Za-z]+/y) ?? [];
    if (word !== undefined) {
      if (word in WORDS) return WORDS[word]!;
      throw new NoLiteral();
    }
    const [number] = this.#match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y) ?? [];
    if (number === undefined) throw new NoLiteral();
    return Number(number);
  }

  #list(closing: string, depth: number): Literal[] {
    const values: Literal[] = [];
    this.#at++;
    while (!this.#takes(closing)) {
      values.push(this.value(depth + 1));
      if (!this.#takes(",") && this.#peek() !== closing) throw new NoLiteral();
    }
    return values;
  }

  #map(depth: number): LiteralMap {
    const entries = new Map<string, Literal>();
    this.#at++;
    while (!this.#takes("}")) {
      const key = this.value(depth + 1);
      if (!this.#takes(":")) throw new NoLiteral();
      entries.set(String(key), this.value(depth + 1));
      if (!this.#takes(",") && this.#peek() !== "}") throw new NoLiteral();
    }
    return entries;
  }

  #string(quote: string): string {
    let said = "";
    for (this.#at++; this.text[this.#at] !== quote; this.#at++) {
      const [code] = this.#match(/\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})/y) ?? [];
      if (code !== undefined) {
        said += String.fromCharCode(parseInt(code.slice(2), 16));
        this.#at--;
        continue;
      }
      if (this.text[this.#at] === "\\") {
        const escaped = this.text[++this.#at];
        if (escaped === undefined) throw new NoLiteral();
        said += ESCAPES[escaped] ?? escaped;
        continue;
      }
      const one = this.text[this.#at];
      if (one === undefined) throw new NoLiteral();
      said += one;
    }
    this.#at++;
    return said;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text) ?? undefined;
    if (match) this.#at += match[0].length;
    return match;
  }

  #skip(): void {
    this.#match(/\s+/y);
  }

  #peek(): string | undefined {
    this.#skip();
    return this.text[this.#at];
  }

  #takes(one: string): boolean {
    if (this.#peek() !== one) return false;
    this.#at++;
    return true;
  }
}
