/// <reference lib="deno.unstable" />

/** What the house's rules look at in a file: its imports, functions, timers and exports. */

import { dirname, join, relative } from "node:path";

/** Something that a file imports. */
export interface Import {
  /** A file of ours, relative to the root, or the specifier of a package. */
  readonly target: string;
  readonly ours: boolean;
  /** Loaded with the file: neither a type nor a dynamic import. */
  readonly eager: boolean;
  /** Only for the compiler: nothing of it is loaded, ever. */
  readonly isType: boolean;
}

/** A function, a method or an arrow function. */
export interface FunctionSpan {
  /** Where its statement begins, counted from 1. */
  readonly line: number;
  /** From its own beginning to its end. */
  readonly lines: number;
  /** The comment that stands directly above its statement. */
  readonly comment: string | undefined;
}

/** A file, as far as the rules look at it. */
export interface Source {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionSpan[];
  /** Lines at which a timer is named that no clock knows. */
  readonly timers: readonly number[];
  /** It exports nothing but what other files export. */
  readonly isBarrel: boolean;
}

/** Every TypeScript file below `root`, and what runs in browsers, generated ones too. */
export function readSources(root: string, folder = ""): Source[] {
  return [...Deno.readDirSync(join(root, folder))].flatMap(({ name, isDirectory }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory) return /^(\.|node_modules$|dist$)/.test(name) ? [] : readSources(root, path);
    if (!isRead(path)) return [];
    return [sourceOf(path, Deno.readTextFileSync(join(root, path)))];
  });
}

/** Scripts of pages are JavaScript, so that nothing has to be built. */
function isRead(path: string): boolean {
  return /\.tsx?$/.test(path) || /\/ui\/.+\.js$/.test(path);
}

/** Reads one file's text. `path` is relative to the root. */
export function sourceOf(path: string, text: string): Source {
  const reader = new Reader(path, text);
  Deno.lint.runPlugin(
    { name: "house", rules: { read: { create: (context) => reader.visitor(context) } } },
    path,
    text,
  );
  return reader.source();
}

/** Timers of the platform, and of Node. */
const TIMERS = /^set(Timeout|Interval)$/;

const HOLDS_STATEMENTS = /^(Program|ClassBody|BlockStatement|StaticBlock)$/;

type Node = Deno.lint.Node;

class Reader {
  readonly #imports: Import[] = [];
  readonly #functions: FunctionSpan[] = [];
  readonly #timers: number[] = [];
  /** Offset at which each line begins. */
  readonly #lineStarts: readonly number[];
  #isBarrel = false;

  constructor(private readonly path: string, private readonly text: string) {
    this.#lineStarts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  }

  source(): Source {
    return {
      path: this.path,
      lines: this.#lineStarts.length - 1,
      imports: this.#imports,
      functions: this.#functions,
      timers: this.#timers,
      isBarrel: this.#isBarrel,
    };
  }

  visitor({ sourceCode }: Deno.lint.RuleContext): Deno.lint.LintVisitor {
    const comments = new Map(
      sourceCode.getAllComments().map(({ range, value }) => [this.#lineAt(range[1]), value]),
    );
    const onFunction = (node: Node) => {
      const line = this.#lineAt(statementOf(node).range[0]);
      const [start, end] = node.range;
      const lines = this.#lineAt(end) - this.#lineAt(start) + 1;
      this.#functions.push({ line, lines, comment: comments.get(line - 1) });
    };
    const onFrom = (node: { source?: Node | null }, isType: boolean) => {
      if (node.source) this.#import(node.source, { eager: !isType, isType });
    };
    return {
      Program: ({ body }) => {
        this.#isBarrel = body.length > 0 && body.every(isPassedOn);
      },
      FunctionDeclaration: onFunction,
      FunctionExpression: onFunction,
      ArrowFunctionExpression: onFunction,
      ImportDeclaration: (node) => onFrom(node, node.importKind === "type"),
      ExportNamedDeclaration: (node) => onFrom(node, node.exportKind === "type"),
      ExportAllDeclaration: (node) => onFrom(node, node.exportKind === "type"),
      ImportExpression: ({ source }) => this.#import(source, { eager: false, isType: false }),
      // A file of a package is named without being imported: `import.meta.resolve("@x/y/z")`.
      Literal: (node) => {
        if (typeof node.value !== "string" || !/^@[a-z-]+\/[^/]/.test(node.value)) return;
        if (!/^(Import|Export)/.test(node.parent.type)) {
          this.#import(node, { eager: false, isType: false });
        }
      },
      Identifier: (node) => {
        if (TIMERS.test(node.name)) this.#timers.push(this.#lineAt(node.range[0]));
      },
      MemberExpression: ({ object, property, range }) => {
        const isOurs = object.type === "Identifier" && object.name === "AbortSignal" &&
          property.type === "Identifier" && property.name === "timeout";
        if (isOurs) this.#timers.push(this.#lineAt(range[0]));
      },
    };
  }

  #import(node: Node, how: Pick<Import, "eager" | "isType">): void {
    if (node.type !== "Literal" || typeof node.value !== "string") return;
    const specifier = node.value;
    const ours = specifier.startsWith(".");
    const target = ours
      ? relative("/", join("/", dirname(this.path), specifier)).replaceAll("\\", "/")
      : specifier;
    this.#imports.push({ target, ours, ...how });
  }

  #lineAt(offset: number): number {
    const after = this.#lineStarts.findIndex((start) => start > offset);
    return after === -1 ? this.#lineStarts.length : after;
  }
}

/** The statement, or the member of a class, that a function is a part of. */
function statementOf(node: Node): { readonly range: Deno.lint.Range } {
  let at: Node | Deno.lint.TSParameterProperty = node;
  while ("parent" in at && !HOLDS_STATEMENTS.test(at.parent.type)) {
    at = at.parent;
  }
  return at;
}

/** Whether a statement exports what another file exports. */
function isPassedOn(statement: Node): boolean {
  return statement.type === "ExportAllDeclaration" ||
    (statement.type === "ExportNamedDeclaration" && statement.source !== null);
}
