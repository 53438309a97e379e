/** What several of the cloud's pages are made of. */

import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { EdgeView, ServerView } from "./view.ts";
import { time } from "./words.ts";

/** What a state looks like: no two differ in their colour alone. */
const SIGNS: Readonly<Record<string, string>> = {
  ...{ ready: "●", active: "●", "coming up": "◕" },
  ...{ draining: "◐", silent: "◐", "passed over": "◒", ejected: "◒" },
  ...{ down: "✕", gone: "○" },
};

/** What a server is to people: one that is ready may be passed over all the same. */
export function stateOf({ state, details, share }: ServerView): string {
  if (state !== "ready") return state;
  if (details.ejected_for_s !== undefined) return "passed over";
  return share < 1 ? "coming up" : "ready";
}

/** A state, with its sign. */
export function State({ state }: { readonly state: string }): JSX.Element {
  return (
    <span class={`state ${state.replaceAll(" ", "-")}`}>
      <span aria-hidden="true">{SIGNS[state]}</span> {state}
    </span>
  );
}

/** A number that matters, with what it is. */
export function Tile({ label, value, detail, mood, children }: {
  readonly label: string;
  readonly value: string;
  readonly detail?: string;
  readonly mood?: "good" | "warn" | "bad" | undefined;
  readonly children?: Child;
}): JSX.Element {
  return (
    <div class={mood ? `card tile ${mood}` : "card tile"}>
      <dt>{label}</dt>
      <dd>
        <strong>{value}</strong>
        {detail !== undefined && <span class="quiet">{detail}</span>}
        {children}
      </dd>
    </div>
  );
}

/** A cell of a table that becomes a card where there is no room: it says itself what it is. */
export function Cell({ label, isNumber = false, children }: {
  readonly label: string;
  readonly isNumber?: boolean;
  readonly children?: Child;
}): JSX.Element {
  return (
    <td role="cell" data-label={label} class={isNumber ? "number" : undefined}>
      <div>{children}</div>
    </td>
  );
}

/** A pair of what is and how much. */
export function Fact({ label, children }: {
  readonly label: string;
  readonly children?: Child;
}): JSX.Element {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Where the page of a server is. */
export function serverPath({ name }: Pick<ServerView, "name">): string {
  return `/servers/${encodeURIComponent(name)}`;
}

/** Where the page of an edge is: two clients may have edges of one name. */
export function edgePath({ name, named, client }: EdgeView): string {
  const query = new URLSearchParams(client === undefined ? {} : { client });
  if (!named) query.set("named", "false");
  return `/edges/${encodeURIComponent(name)}${query.size > 0 ? `?${query}` : ""}`;
}

/** Until when a server is passed over. */
export function ejectedFor({ details }: ServerView): string {
  const { ejected_for_s: left } = details;
  return left === undefined ? "" : `for ${time(Math.ceil(left))} more`;
}
