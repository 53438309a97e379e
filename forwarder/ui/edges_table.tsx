/** The edges as a table, a row each; a card each where there is no room. */

import type { JSX } from "hono/jsx/jsx-runtime";
import {
  addressOf,
  type EdgeList,
  type EdgeQuery,
  type EdgeSort,
  troublesOf,
} from "./edge_list.ts";
import { Cell, edgePath, State } from "./parts.tsx";
import { Bar, Spark } from "./pictures.tsx";
import type { EdgeView } from "./view.ts";
import { ago, bytes, duration, many, percent, rate, reasons } from "./words.ts";

const COLUMNS: readonly (readonly [name: string, sort?: EdgeSort])[] = [
  ["Edge", "name"],
  ["State", "state"],
  ["Frames a second", "rate"],
  ["Latency", "latency"],
  ["Offloaded", "offloaded"],
  ["Frames", "frames"],
  ["Refused or failed", "trouble"],
  ["Bytes", "up"],
];

/** The table. */
export function EdgesTable({ list, query, isEmpty }: {
  readonly list: EdgeList;
  readonly query: EdgeQuery;
  /** Whether there are no edges at all. */
  readonly isEmpty: boolean;
}): JSX.Element {
  if (isEmpty) {
    return (
      <p class="quiet">
        None has asked yet. An edge appears with its first frame:{" "}
        <code>
          smarteye edge --forwarder URL --name NAME
        </code>
      </p>
    );
  }
  if (list.found === 0) return <p class="quiet">{`None of “${query.filter}”.`}</p>;
  return (
    <table role="table" class="cards">
      <caption class="unseen">Edges, and others that send frames</caption>
      <thead role="rowgroup">
        <tr role="row">{COLUMNS.map(([name, sort]) => Heading(name, sort, query))}</tr>
      </thead>
      <tbody role="rowgroup">{list.shown.map((edge) => <Row edge={edge} />)}</tbody>
    </table>
  );
}

/** A heading that sorts: a second time, the other way round. */
function Heading(name: string, sort: EdgeSort | undefined, query: EdgeQuery): JSX.Element {
  if (!sort) return <th scope="col" role="columnheader">{name}</th>;
  const isSorted = query.sort === sort;
  const isRising = (sort === "name") !== query.isReversed;
  const address = addressOf({ ...query, sort, isReversed: isSorted && !query.isReversed, page: 1 });
  return (
    <th
      scope="col"
      role="columnheader"
      aria-sort={isSorted ? isRising ? "ascending" : "descending" : undefined}
    >
      <a href={address}>
        {name} {isSorted && <span aria-hidden="true">{isRising ? "▲" : "▼"}</span>}
      </a>
    </th>
  );
}

function Row({ edge }: { readonly edge: EdgeView }): JSX.Element {
  const { name, named, client, state, requests, latency_ms, sources, version, addresses } = edge;
  const { refused = {}, failed = {} } = edge;
  const about = [
    named ? "" : "says no name",
    client !== undefined && client !== name ? `token ${client}` : "",
    sources.length > 0 ? sources.slice(-3).join(", ") : "",
    sources.length > 3 ? `and ${sources.length - 3} more` : "",
  ].filter(Boolean).join(" · ");
  const troubles = [reasons(failed), reasons(refused)].filter(Boolean).join(", ");
  return (
    <tr role="row" data-key={`${client ?? ""}/${named}/${name}`}>
      <th scope="row" role="rowheader">
        <a href={edgePath(edge)}>{name}</a>
        <span class="quiet">{about}</span>
      </th>
      <Cell label="State">
        <State state={state} />
        <span class="quiet">{`seen ${ago(edge.seen_ago_s)}`}</span>
      </Cell>
      <Cell label="Frames a second">
        <Spark seconds={edge.seconds()} of="count" label="Frames, second by second" />
        <span>{rate(edge.requests_per_s)}</span>
      </Cell>
      <Cell label="Latency">
        <span>{duration(latency_ms?.p50)}</span>
        <span class="quiet">{latency_ms ? `p95 ${duration(latency_ms.p95)}` : ""}</span>
      </Cell>
      <Cell label="Offloaded">
        <FramesBar edge={edge} />
        <span>
          {percent(edge.offloaded)}{" "}
          <span class="quiet">
            {edge.frames ? `of ${many(edge.frames.captured)} captured` : "it does not tell"}
          </span>
        </span>
      </Cell>
      <Cell label="Frames">
        <span>{many(requests.total)}</span>
        <span class="quiet">
          {named && version !== undefined ? `version ${version}` : named ? addresses.at(-1) : ""}
        </span>
      </Cell>
      <Cell label="Refused or failed">
        <span class={requests.failed > 0 ? "problem" : undefined}>{many(troublesOf(edge))}</span>
        <span class="quiet">{troubles}</span>
      </Cell>
      <Cell label="Bytes">
        <span>{`↑ ${bytes(edge.bytes.up)}`}</span>
        <span class="quiet">{`↓ ${bytes(edge.bytes.down)}`}</span>
      </Cell>
    </tr>
  );
}

/** What became of the frames that an edge captured. */
export function FramesBar({ edge }: { readonly edge: EdgeView }): JSX.Element | null {
  const { frames } = edge;
  if (!frames) return null;
  const { captured, cloud, local, filtered, dropped, failed } = frames;
  const parts = Object.entries({ cloud, local, filtered, dropped, failed });
  return (
    <Bar
      parts={parts.map(([kind, value]) => ({ kind, value }))}
      whole={captured}
      label={parts.map(([kind, value]) => `${kind} ${value}`).join(", ")}
    />
  );
}
