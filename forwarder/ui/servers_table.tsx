/** The inference servers as a table, a row each; a card each where there is no room. */

import type { JSX } from "hono/jsx/jsx-runtime";
import { Cell, ejectedFor, serverPath, State, stateOf } from "./parts.tsx";
import { Bar, Spark } from "./pictures.tsx";
import type { ServerView } from "./view.ts";
import { ago, duration, many, NONE, percent, time } from "./words.ts";

const COLUMNS = ["Server", "State", "Models", "Load", "Share of calls", "Latency", "Calls"];

/** The table. */
export function ServersTable({ servers }: {
  readonly servers: readonly ServerView[];
}): JSX.Element {
  if (servers.length === 0) {
    return <p class="quiet">There are none: [grpc-url] url0, url1, … or --servers names them.</p>;
  }
  return (
    <table role="table" class="cards">
      <caption class="unseen">Inference servers, in the order of the settings</caption>
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((name) => <th scope="col" role="columnheader">{name}</th>)}
        </tr>
      </thead>
      <tbody role="rowgroup">{servers.map((server) => <Row server={server} />)}</tbody>
    </table>
  );
}

function Row({ server }: { readonly server: ServerView }): JSX.Element {
  const { name, details, models, load, in_flight, seconds } = server;
  const { calls, latency_ms, ejections, heard_ago_s } = details;
  const state = stateOf(server);
  const why = state === "down" ? server.detail : ejectedFor(server);
  const [, ...others] = models;
  return (
    <tr role="row" data-key={name}>
      <th scope="row" role="rowheader">
        <a href={serverPath(server)}>{name}</a>
      </th>
      <Cell label="State">
        <State state={state} />
        <span class="quiet">{why === "" ? `for ${time(details.since_s)}` : why}</span>
      </Cell>
      <Cell label="Models">
        <span>{models[0]?.name ?? NONE}</span>
        {others.length > 0 && <span class="quiet">{`and ${others.length} more`}</span>}
      </Cell>
      <Cell label="Load">
        <span>
          {`${in_flight} under way`}
          {load?.queue_length === undefined ? "" : `, ${load.queue_length} queued`}
        </span>
        <span class="quiet">
          {load && heard_ago_s !== undefined && state !== "down"
            ? `CPU ${percent(load.cpu_utilization)}, memory ${percent(load.memory_utilization)}`
            : `heard ${ago(heard_ago_s)}`}
        </span>
      </Cell>
      <Cell label="Share of calls">
        <Bar
          parts={[{ kind: "share", value: calls.share_minute ?? 0 }]}
          whole={1}
          label="Share of the last minute's calls"
        />
        <span>
          {percent(calls.share_minute)}{" "}
          <span class="quiet">{`of the last minute, ${percent(calls.share)} of all`}</span>
        </span>
      </Cell>
      <Cell label="Latency">
        <Spark seconds={seconds} of="mean" label="Latency, second by second" />
        <span>
          {duration(latency_ms?.p50)}{" "}
          <span class="quiet">{latency_ms ? `p95 ${duration(latency_ms.p95)}` : ""}</span>
        </span>
      </Cell>
      <Cell label="Calls">
        <span>{many(calls.total)}</span>
        <span class={calls.failed > 0 || ejections > 0 ? "problem" : "quiet"}>
          {`${many(calls.failed)} failed`}
          {ejections > 0 ? `, passed over ${ejections} ×` : ""}
        </span>
      </Cell>
    </tr>
  );
}
