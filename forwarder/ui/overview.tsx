/** The page of the whole cloud: how it fares, its servers, its edges. */

import type { JSX } from "hono/jsx/jsx-runtime";
import { attentionOf } from "./attention.ts";
import { addressOf, type EdgeList, type EdgeQuery, listed } from "./edge_list.ts";
import { EdgesTable } from "./edges_table.tsx";
import { Tile } from "./parts.tsx";
import { Spark } from "./pictures.tsx";
import { ServersTable } from "./servers_table.tsx";
import type { CloudView } from "./view.ts";
import { duration, many, percent, rate, reasons, sumOf } from "./words.ts";

/** The page. */
export function Overview({ view, query }: {
  readonly view: CloudView;
  readonly query: EdgeQuery;
}): JSX.Element {
  const list = listed(view.edges, query);
  return (
    <>
      <Attention view={view} />
      <Tiles view={view} />
      <section class="card" aria-labelledby="servers" data-key="servers">
        <h2 id="servers">Servers</h2>
        <ServersTable servers={view.servers} />
      </section>
      <section class="card" aria-labelledby="edges" data-key="edges">
        <div class="head">
          <h2 id="edges">Edges</h2>
          <Search query={query} />
        </div>
        <EdgesTable list={list} query={query} isEmpty={view.edges.length === 0} />
        <Pages list={list} query={query} />
      </section>
    </>
  );
}

function Attention({ view }: { readonly view: CloudView }): JSX.Element {
  const { items, more } = attentionOf(view);
  return (
    <section class="attention" aria-label="What to look at" data-key="attention">
      {items.length > 0 && (
        <ul>
          {items.map(({ mood, about, text }) => (
            <li class={mood}>
              <span aria-hidden="true">{mood === "bad" ? "✕" : "!"}</span>
              <span>
                {about && <a href={about.path}>{about.name}</a>} {text}
              </span>
            </li>
          ))}
          {more > 0 && <li class="warn">{`and ${more} more`}</li>}
        </ul>
      )}
    </section>
  );
}

function Tiles({ view }: { readonly view: CloudView }): JSX.Element {
  const { traffic, servers, states } = view;
  const { latency_ms, refused, failed, seconds } = traffic;
  const [refusals, failures] = [sumOf(refused), sumOf(failed)];
  const asked = traffic.ok + refusals + failures;
  const ready = servers.filter(({ state }) => state === "ready").length;
  const inFlight = servers.reduce((sum, { in_flight }) => sum + in_flight, 0);
  const quiet = [
    states.silent > 0 ? `${states.silent} silent` : "",
    states.gone > 0 ? `${states.gone} gone` : "",
  ].filter(Boolean).join(", ");
  return (
    <dl class="tiles" data-key="tiles" aria-label="The last minute">
      <Tile
        label="Requests a second"
        value={rate(traffic.requests_per_s)}
        detail={`${inFlight} under way at servers`}
      >
        <Spark seconds={seconds} of="count" label="Requests, second by second" />
      </Tile>
      <Tile
        label="Latency p50"
        value={duration(latency_ms?.p50)}
        detail={`p95 ${duration(latency_ms?.p95)} · p99 ${duration(latency_ms?.p99)}`}
      >
        <Spark seconds={seconds} of="mean" label="Time that they took, second by second" />
      </Tile>
      <Tile
        label="Failed"
        value={many(failures)}
        detail={failures > 0 ? `${reasons(failed)}` : "in the last minute"}
        mood={failures > 0 ? "bad" : undefined}
      >
        {failures > 0 && <span class="quiet">{`${percent(failures / asked)} of all`}</span>}
      </Tile>
      <Tile
        label="Refused"
        value={many(refusals)}
        detail={refusals > 0 ? `${reasons(refused)}` : "in the last minute"}
        mood={refusals > 0 ? "warn" : undefined}
      >
        {refusals > 0 && <span class="quiet">{`${percent(refusals / asked)} of all`}</span>}
      </Tile>
      <Tile
        label="Servers ready"
        value={`${ready} of ${servers.length}`}
        detail={ready === servers.length ? "all of them" : `${servers.length - ready} not`}
        mood={ready === 0 ? "bad" : ready < servers.length ? "warn" : "good"}
      />
      <Tile
        label="Edges active"
        value={`${states.active} of ${states.active + states.silent + states.gone}`}
        detail={quiet === "" ? "none is silent" : quiet}
      />
    </dl>
  );
}

/** Finds edges, with a script as it is typed. */
function Search({ query }: { readonly query: EdgeQuery }): JSX.Element {
  return (
    <form method="get" action="/" role="search" class="search" data-keep>
      <label for="edge">Name or source</label>
      <input id="edge" name="edge" type="search" value={query.filter} autocomplete="off" />
      {query.sort !== "name" && <input type="hidden" name="sort" value={query.sort} />}
      {query.isReversed && <input type="hidden" name="order" value="reversed" />}
      <button type="submit" class="plain">Find</button>
    </form>
  );
}

function Pages({ list, query }: {
  readonly list: EdgeList;
  readonly query: EdgeQuery;
}): JSX.Element | null {
  const { page, pages, found, shown } = list;
  if (pages === 1) return null;
  return (
    <nav class="pages" aria-label="More edges">
      {page > 1 && <a href={addressOf({ ...query, page: page - 1 })} rel="prev">Before</a>}
      <span class="quiet">{`${shown.length} of ${found}, page ${page} of ${pages}`}</span>
      {page < pages && <a href={addressOf({ ...query, page: page + 1 })} rel="next">Next</a>}
    </nav>
  );
}
