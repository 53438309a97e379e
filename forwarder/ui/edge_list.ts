/** Which edges a page lists, and in which order: as its address says. */

import type { EdgeView } from "./view.ts";
import { sumOf } from "./words.ts";

/** Edges on a page. */
export const EDGES_A_PAGE = 50;

/** Characters of a name that are searched for. */
const FILTER_MAX = 64;

/** What edges may be sorted by, each with the value that counts; names are sorted the other way round. */
const SORTS = {
  name: undefined,
  state: ({ seen_ago_s }) => -seen_ago_s,
  rate: ({ requests_per_s }) => requests_per_s,
  latency: ({ latency_ms }) => latency_ms?.p95 ?? -1,
  frames: ({ requests }) => requests.total,
  trouble: ({ requests }) => requests.refused + requests.failed,
  up: ({ bytes }) => bytes.up,
  offloaded: ({ offloaded }) => offloaded ?? -1,
} satisfies Readonly<Record<EdgeSort, ((edge: EdgeView) => number) | undefined>>;

/** What edges may be sorted by. */
export type EdgeSort =
  | ("name" | "state" | "rate" | "latency")
  | ("frames" | "trouble" | "up" | "offloaded");

/** What the address says. */
export interface EdgeQuery {
  /** Part of the names, in any case; empty for all. */
  readonly filter: string;
  /** What they are sorted by. */
  readonly sort: EdgeSort;
  /** Whether the least comes first; of names, the last. */
  readonly isReversed: boolean;
  /** From 1. */
  readonly page: number;
}

/** The edges of a page. */
export interface EdgeList {
  /** Those on it. */
  readonly shown: readonly EdgeView[];
  /** How many there are of that name, on all pages. */
  readonly found: number;
  /** Pages of those, at least one. */
  readonly pages: number;
  /** The page that it is: the last one where there are not so many. */
  readonly page: number;
}

/** Reads an address's query: what it does not say, or cannot mean, is as on the first page. */
export function edgeQueryOf(query: URLSearchParams): EdgeQuery {
  const sort = query.get("sort") ?? "";
  const page = /^\d{1,4}$/.exec(query.get("page") ?? "")?.[0] ?? "1";
  return {
    filter: (query.get("edge") ?? "").trim().slice(0, FILTER_MAX),
    sort: isSort(sort) ? sort : "name",
    isReversed: query.get("order") === "reversed",
    page: Math.max(1, Number(page)),
  };
}

/** The query of an address, without what goes without saying. */
export function addressOf({ filter, sort, isReversed, page }: EdgeQuery): string {
  const query = new URLSearchParams();
  if (filter !== "") query.set("edge", filter);
  if (sort !== "name") query.set("sort", sort);
  if (isReversed) query.set("order", "reversed");
  if (page > 1) query.set("page", String(page));
  const text = query.toString();
  return text === "" ? "/" : `/?${text}`;
}

/** Those that are on the page. */
export function listed(edges: readonly EdgeView[], query: EdgeQuery): EdgeList {
  const wanted = query.filter.toLowerCase();
  const found = edges.filter(({ name, client, sources }) =>
    [name, client ?? "", ...sources].some((text) => text.toLowerCase().includes(wanted))
  );
  const value = SORTS[query.sort];
  // They come by name, which decides where all else is the same.
  if (value) found.sort((a, b) => value(b) - value(a));
  if (query.isReversed) found.reverse();
  const pages = Math.max(1, Math.ceil(found.length / EDGES_A_PAGE));
  const page = Math.min(query.page, pages);
  const shown = found.slice((page - 1) * EDGES_A_PAGE, page * EDGES_A_PAGE);
  return { shown, found: found.length, pages, page };
}

/** Frames of an edge that were not answered as it asked, of all kinds. */
export function troublesOf({ refused = {}, failed = {} }: EdgeView): number {
  return sumOf(refused) + sumOf(failed);
}

function isSort(text: string): text is EdgeSort {
  return Object.hasOwn(SORTS, text);
}
