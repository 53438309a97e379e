/** edge → forwarder: who an edge is and what became of its frames, in a header of each request. */

/** The header. Forwarders that do not know it pass over it. */
export const EDGE_HEADER = "smarteye-edge";

/** Characters of a name: letters and digits of any script, and `-`, `_`, `.` within. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*$/u;

/** Characters of an edge's name, at most. */
const NAME_MAX = 48;

/** Characters of a source's name, at most. */
const SOURCE_MAX = 64;

/** Bytes of the header's value, at most: a name in another script takes up to nine a character. */
export const EDGE_HEADER_MAX = 700;

/** What is counted of an edge's frames, see the ledger of its runs. */
export const TALLIES = ["captured", "local", "cloud", "filtered", "dropped", "failed"] as const;

/** Frames of an edge since it was started, by what became of them. */
export type EdgeTallies = Readonly<Record<typeof TALLIES[number], number>>;

/** What an edge says of itself. */
export interface EdgeSaid {
  /** What it is called. */
  readonly name: string;
  /** Of the program; with questions alone. */
  readonly version?: string | undefined;
  /** Of the frame that is sent. */
  readonly source?: string | undefined;
  /** With questions alone. */
  readonly frames?: EdgeTallies | undefined;
}

/** Whether an edge may be called so: nothing of it is markup, a control character, or a separator. */
export function isEdgeName(text: string): boolean {
  return text.length <= NAME_MAX && NAME.test(text);
}

/** A name made of any text, such as that of a host. */
export function edgeNameOf(text: string): string {
  const plain = text.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, "_");
  const name = plain.replace(/^[^\p{L}\p{N}]+/u, "").slice(0, NAME_MAX);
  return isEdgeName(name) ? name : "edge";
}

/** The header's value: the name, then what else is said as `; key=value`, percent-encoded. */
export function edgeHeaderOf({ name, version, source, frames }: EdgeSaid): string {
  let header = encodeURIComponent(name);
  for (const [key, value] of Object.entries({ version, source, ...frames })) {
    const part = `; ${key}=${encodeURIComponent(value ?? "")}`;
    // Without a long name of its source it is still known whose frame it is.
    if (value !== undefined && header.length + part.length <= EDGE_HEADER_MAX) header += part;
  }
  return header;
}

/**
 * What a header says: a stranger's word. Of what else is said, that which cannot be is left out.
 *
 * @returns nothing where there is no name in it that an edge may have.
 */
export function edgeSaidOf(value: string): EdgeSaid | undefined {
  if (value.length > EDGE_HEADER_MAX) return undefined;
  const [first = "", ...more] = value.split(";").map((part) => part.trim());
  const name = decoded(first);
  if (name === undefined || !isEdgeName(name)) return undefined;
  const said = new Map(more.map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at), decoded(part.slice(at + 1))];
  }));
  const version = said.get("version");
  const source = said.get("source");
  const frames = talliesOf(said);
  return {
    name,
    ...(version !== undefined && /^[\w.+-]{1,32}$/.test(version) ? { version } : {}),
    ...(source !== undefined && isSourceName(source) ? { source } : {}),
    ...(frames ? { frames } : {}),
  };
}

/** What is read of frames are whole numbers that add up: an edge that counts otherwise counts nothing. */
function talliesOf(said: ReadonlyMap<string, string | undefined>): EdgeTallies | undefined {
  const counts = TALLIES.map((key) => Number(/^\d{1,15}$/.exec(said.get(key) ?? "")?.[0] ?? NaN));
  if (counts.some(Number.isNaN)) return undefined;
  const [captured = 0, ...ended] = counts;
  if (ended.reduce((sum, count) => sum + count, 0) > captured) return undefined;
  return Object.fromEntries(TALLIES.map((key, i) => [key, counts[i]!])) as EdgeTallies;
}

function isSourceName(text: string): boolean {
  return text.length <= SOURCE_MAX && /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$/u.test(text);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
