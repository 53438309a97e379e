/** The file of tokens: who may ask, and for what. The only reader of YAML here. */

import { z } from "zod";
import { LineCounter, parseDocument } from "yaml";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { type Grant, OPEN } from "./grant.ts";

/** Bytes that the file may have. */
const FILE_BYTES_MAX = 1_000_000;

/** What the file holds: a digest of each token, and what its holder may do. */
export type TokenTable = ReadonlyMap<string, Grant>;

/** What the holder of a token may be called. */
export const TOKEN_NAME: RegExp = /^[\w.-]{1,64}$/;

const Entry = z.strictObject({
  name: z.string().regex(TOKEN_NAME, "a name of letters, digits and ._- is wanted"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/i, "64 hexadecimal digits are wanted"),
  requests_per_s: z.number().positive().max(1_000_000).optional(),
  in_flight: z.int().min(1).max(1_000_000).optional(),
  priority: z.enum(["interactive", "background"]).optional(),
  models: z.array(z.string().min(1).max(200)).min(1).max(1000).optional(),
  manages: z.boolean().optional(),
});

const File = z.strictObject({ tokens: z.array(Entry).max(10_000) });

/**
 * Reads the text of a file of tokens:
 *
 * ```yaml
 * tokens:
 *   - name: gate
 *     sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 *     requests_per_s: 30
 * ```
 *
 * @param path for what is said of it.
 * @throws {SmarteyeError} `invalid_argument` with every problem, each with its line.
 */
export function parseTokens(text: string, path: string): TokenTable {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { range?: number[] } | undefined;
      if (node?.range) return lines.linePos(node.range[0]!).line;
    }
    return 1;
  };
  const unreadable = document.errors.map(({ pos, message }) =>
    `line ${lines.linePos(pos[0]).line}: ${message}`
  );
  if (unreadable.length > 0) throw unusable(path, unreadable);
  const parsed = File.safeParse(valueOf(document, path));
  if (!parsed.success) {
    throw unusable(
      path,
      parsed.error.issues.map((issue) =>
        `line ${lineOf(issue.path)}: ${issue.path.join(".")}: ${issue.message}`
      ),
    );
  }
  const { tokens } = parsed.data;
  const twice = (of: "name" | "sha256") =>
    tokens.flatMap((token, at) =>
      tokens.findIndex((other) => other[of].toLowerCase() === token[of].toLowerCase()) < at
        ? [`line ${lineOf(["tokens", at, of])}: tokens.${at}.${of}: another token has it already`]
        : []
    );
  const doubled = [...twice("name"), ...twice("sha256")];
  if (doubled.length > 0) throw unusable(path, doubled);
  return new Map(tokens.map((token) => [token.sha256.toLowerCase(), grantOf(token)]));
}

/** What a document says. Aliases are none of it: a few of them could make very much of a little. */
function valueOf(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw unusable(path, [messageOf(error)]);
  }
}

/**
 * Reads a file of tokens.
 *
 * @throws {SmarteyeError} `invalid_argument` where it cannot be read, or is none.
 */
export async function readTokens(path: string): Promise<{ text: string; table: TokenTable }> {
  let text;
  try {
    const { size } = await Deno.stat(path); // a device has no end
    if (size > FILE_BYTES_MAX) throw new Error(`it has ${size} bytes`);
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw unusable(path, [messageOf(error)]);
  }
  return { text, table: parseTokens(text, path) };
}

function grantOf(entry: z.infer<typeof Entry>): Grant {
  return {
    ...OPEN,
    name: entry.name,
    requestsPerSec: entry.requests_per_s,
    inFlightMax: entry.in_flight,
    priority: entry.priority ?? "interactive",
    models: entry.models && new Set(entry.models),
    manages: entry.manages ?? false,
  };
}

function unusable(path: string, problems: readonly string[]): SmarteyeError {
  return new SmarteyeError(
    "invalid_argument",
    `Cannot use the file of tokens ${path}: ${problems.join("; ")}`,
  );
}
