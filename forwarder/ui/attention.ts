/** What somebody should look at: in sentences, the worst first. */

import { edgePath, serverPath, stateOf } from "./parts.tsx";
import type { CloudView } from "./view.ts";
import { reasons, sumOf } from "./words.ts";

/** Things that are told. */
const ITEMS_MAX = 8;

/** One of them. */
export interface Item {
  /** How bad it is. */
  readonly mood: "bad" | "warn";
  /** Whose page tells more. */
  readonly about?: { readonly path: string; readonly name: string };
  /** What it is; behind the name where there is one. */
  readonly text: string;
}

/** All of them; and how many are not told since they are too many. */
export function attentionOf(view: CloudView): {
  readonly items: readonly Item[];
  readonly more: number;
} {
  const { servers, traffic: { refused, failed }, edges, forgotten } = view;
  const items: Item[] = [];
  if (servers.length === 0) items.push({ mood: "bad", text: "There are no inference servers." });
  for (const server of servers) {
    const state = stateOf(server);
    const about = { path: serverPath(server), name: server.name };
    if (state === "down") items.push({ mood: "bad", about, text: `is down: ${server.detail}` });
    if (state === "passed over") items.push({ mood: "warn", about, text: `is ${server.detail}` });
    if (state === "draining") items.push({ mood: "warn", about, text: "takes nothing new" });
  }
  if (sumOf(failed) > 0) {
    items.push({ mood: "bad", text: `Requests failed in the last minute: ${reasons(failed)}.` });
  }
  if (sumOf(refused) > 0) {
    const text = `Requests were refused in the last minute: ${reasons(refused)}.`;
    items.push({ mood: "warn", text });
  }
  for (const edge of edges) {
    if (!edge.named || edge.state !== "active" || edge.addresses.length < 2) continue;
    const text = `comes from ${edge.addresses.length} addresses: one edge that moves, or several ` +
      "that have the same name";
    items.push({ mood: "warn", about: { path: edgePath(edge), name: edge.name }, text });
  }
  if (forgotten > 0) {
    items.push({ mood: "warn", text: `${forgotten} edges were forgotten: there are too many.` });
  }
  const told = [...items.filter(({ mood }) => mood === "bad"), ...items.filter(isWarning)];
  return { items: told.slice(0, ITEMS_MAX), more: Math.max(0, told.length - ITEMS_MAX) };
}

function isWarning({ mood }: Item): boolean {
  return mood === "warn";
}
