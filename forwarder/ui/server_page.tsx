/** The page of a server: how it is, its models, and what became of it. */

import type { JSX } from "hono/jsx/jsx-runtime";
import { Cell, ejectedFor, Fact, State, stateOf, Tile } from "./parts.tsx";
import { Bar, Spark } from "./pictures.tsx";
import type { ServerView } from "./view.ts";
import { ago, duration, many, NONE, percent, time } from "./words.ts";

/** The page. */
export function ServerPage({ server }: { readonly server: ServerView }): JSX.Element {
  const { details, seconds, in_flight, load, detail } = server;
  const { calls, latency_ms } = details;
  const state = stateOf(server);
  const most = mostOf(server);
  return (
    <>
      <p class="crumbs" data-key="crumbs">
        <a href="/">Overview</a> / Servers
      </p>
      <div class="head" data-key="head">
        <h1>{server.name}</h1>
        <p>
          <State state={state} />{" "}
          <span class="quiet">
            {`for ${time(details.since_s)}, heard ${ago(details.heard_ago_s)}`}
          </span>
        </p>
      </div>
      {detail !== "" && (
        <p class={state === "down" ? "why bad" : "why warn"} data-key="why">
          {detail} {ejectedFor(server)}
        </p>
      )}
      <dl class="tiles" data-key="tiles" aria-label="The last minute">
        <Tile
          label="Calls of the last minute"
          value={many(calls.minute)}
          detail={`${percent(calls.share_minute)} of all servers'`}
        />
        <Tile label="Under way" value={String(in_flight)} detail={queueOf(load)} />
        <Tile
          label="Latency p50"
          value={duration(latency_ms?.p50)}
          detail={`p95 ${duration(latency_ms?.p95)} · p99 ${duration(latency_ms?.p99)}`}
        />
        <Tile
          label="Passed over"
          value={details.ejections === 0 ? "never" : `${details.ejections} ×`}
          detail={ejectedFor(server) || "since it is known"}
          mood={details.ejected_for_s === undefined ? undefined : "warn"}
        />
      </dl>
      <section class="card" aria-labelledby="latency" data-key="latency">
        <h2 id="latency">Latency in the last minute</h2>
        <Spark seconds={seconds} of="mean" label="Latency, second by second" isLarge />
        <p class="quiet">
          {most === undefined
            ? "No call has ended in it."
            : `Up to ${duration(most)} on the average of a second.`}
        </p>
      </section>
      <div class="columns" data-key="facts">
        <Machine server={server} />
        <Calls server={server} />
      </div>
      <Models server={server} />
      <History server={server} />
    </>
  );
}

function Machine({ server }: { readonly server: ServerView }): JSX.Element {
  const { load, share, details: { heard_ago_s } } = server;
  if (heard_ago_s === undefined) {
    return (
      <section class="card" aria-labelledby="machine">
        <h2 id="machine">Machine</h2>
        <p class="quiet">Nothing was heard of it yet.</p>
      </section>
    );
  }
  return (
    <section class="card" aria-labelledby="machine">
      <h2 id="machine">Machine</h2>
      <dl>
        <Fact label="CPU">
          <Bar
            parts={[{ kind: "share", value: load?.cpu_utilization ?? 0 }]}
            whole={1}
            label="Share of its CPUs that is busy"
          />
          {percent(load?.cpu_utilization)}
        </Fact>
        <Fact label="Memory">
          <Bar
            parts={[{ kind: "share", value: load?.memory_utilization ?? 0 }]}
            whole={1}
            label="Share of its memory that is in use"
          />
          {percent(load?.memory_utilization)}
        </Fact>
        <Fact label="Waiting">{load?.queue_length ?? NONE}</Fact>
        <Fact label="Workers that infer">
          {load?.running === undefined ? NONE : `${load.running} of ${load.workers ?? NONE}`}
        </Fact>
        <Fact label="Slow start">{share < 1 ? `gets ${percent(share)} of its share` : "over"}</Fact>
      </dl>
      <p class="quiet">{`As it was heard ${ago(heard_ago_s)}.`}</p>
    </section>
  );
}

function Calls({ server }: { readonly server: ServerView }): JSX.Element {
  const { calls } = server.details;
  const ends = {
    answered: calls.success,
    "failed by its fault": calls.failed,
    "refused, too busy": calls.refused,
    "ended otherwise": calls.ignored,
  };
  return (
    <section class="card" aria-labelledby="calls">
      <h2 id="calls">{`Calls, ${many(calls.total)}`}</h2>
      <dl>
        {Object.entries(ends).map(([label, count]) => <Fact label={label}>{many(count)}</Fact>)}
        <Fact label="share of all servers' calls">{percent(calls.share)}</Fact>
      </dl>
    </section>
  );
}

function Models({ server }: { readonly server: ServerView }): JSX.Element {
  const { models, not_offered = [] } = server;
  return (
    <section class="card" aria-labelledby="models" data-key="models">
      <h2 id="models">Models</h2>
      {models.length === 0
        ? <p class="quiet">None is ready, as far as is known.</p>
        : (
          <table role="table" class="cards">
            <caption class="unseen">Models that are ready</caption>
            <thead role="rowgroup">
              <tr role="row">
                {["Model", "Version", "Service", "Accuracy", "Latency there"].map((name) => (
                  <th scope="col" role="columnheader">{name}</th>
                ))}
              </tr>
            </thead>
            <tbody role="rowgroup">
              {models.map(({ name, version, service, accuracy, latency_ms }) => (
                <tr role="row" data-key={`${name}@${version}`}>
                  <th scope="row" role="rowheader">{name}</th>
                  <Cell label="Version">{version ?? NONE}</Cell>
                  <Cell label="Service">{service}</Cell>
                  <Cell label="Accuracy">{accuracy === undefined ? NONE : `${accuracy} %`}</Cell>
                  <Cell label="Latency there">{duration(latency_ms)}</Cell>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      {not_offered.length > 0 && (
        <>
          <h3>Not offered</h3>
          <dl>{not_offered.map(({ name, detail }) => <Fact label={name}>{detail}</Fact>)}</dl>
        </>
      )}
    </section>
  );
}

function History({ server }: { readonly server: ServerView }): JSX.Element {
  const { changes } = server.details;
  return (
    <section class="card" aria-labelledby="history" data-key="history">
      <h2 id="history">What became of it</h2>
      {changes.length === 0 ? <p class="quiet">Nothing yet.</p> : (
        <table role="table" class="cards">
          <caption class="unseen">The last changes, the newest first</caption>
          <thead role="rowgroup">
            <tr role="row">
              {["When (UTC)", "What", "Why"].map((name) => (
                <th scope="col" role="columnheader">{name}</th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {changes.map(({ at, kind, detail }) => (
              <tr role="row">
                <th scope="row" role="rowheader">
                  <time datetime={at}>{at.slice(0, 19).replace("T", " ")}</time>
                </th>
                <Cell label="What">
                  <State state={kind} />
                </Cell>
                <Cell label="Why">{detail === "" ? NONE : detail}</Cell>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function queueOf(load: ServerView["load"]): string {
  return load?.queue_length === undefined ? "of ours" : `of ours; ${load.queue_length} wait there`;
}

function mostOf({ seconds }: ServerView): number | undefined {
  const means = seconds.flatMap(({ mean }) => mean ?? []);
  return means.length === 0 ? undefined : Math.max(...means);
}
