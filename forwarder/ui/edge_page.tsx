/** The page of an edge: what came of its frames, here and by its own count. */

import type { JSX } from "hono/jsx/jsx-runtime";
import { FramesBar } from "./edges_table.tsx";
import { Fact, State, Tile } from "./parts.tsx";
import { Spark } from "./pictures.tsx";
import type { EdgeView } from "./view.ts";
import { ago, bytes, duration, many, NONE, percent, rate, reason } from "./words.ts";

/** What becomes of frames, in words. */
const OUTCOMES = {
  cloud: "inferred in the cloud",
  local: "inferred on the edge",
  filtered: "not worth it (filtered)",
  dropped: "not in time (dropped)",
  failed: "went wrong",
} as const;

/** The page. */
export function EdgePage({ edge }: { readonly edge: EdgeView }): JSX.Element {
  const { name, state, requests, latency_ms, offloaded, named } = edge;
  const seconds = edge.seconds();
  return (
    <>
      <p class="crumbs" data-key="crumbs">
        <a href="/">Overview</a> / Edges
      </p>
      <div class="head" data-key="head">
        <h1>{name}</h1>
        <p>
          <State state={state} /> <span class="quiet">{`seen ${ago(edge.seen_ago_s)}`}</span>
        </p>
      </div>
      {!named && (
        <p class="quiet" data-key="unnamed">
          It says no name: it is no edge of ours, or an older one. What comes from its address, or
          with its token, is one here.
        </p>
      )}
      <dl class="tiles" data-key="tiles" aria-label="The last minute">
        <Tile label="Frames a second" value={rate(edge.requests_per_s)}>
          <Spark seconds={seconds} of="count" label="Frames, second by second" />
        </Tile>
        <Tile
          label="Latency p50"
          value={duration(latency_ms?.p50)}
          detail={`p95 ${duration(latency_ms?.p95)}`}
        >
          <Spark seconds={seconds} of="mean" label="Time that they took, second by second" />
        </Tile>
        <Tile
          label="Offloaded"
          value={percent(offloaded)}
          detail={edge.frames ? "of the frames that were inferred" : "it does not tell"}
        />
        <Tile
          label="Bytes"
          value={bytes(edge.bytes.up + edge.bytes.down)}
          detail={`↑ ${bytes(edge.bytes.up)} · ↓ ${bytes(edge.bytes.down)}`}
        />
      </dl>
      <div class="columns" data-key="counts">
        <Requests requests={requests} refused={edge.refused} failed={edge.failed} />
        <Captured edge={edge} />
      </div>
      <About edge={edge} />
    </>
  );
}

function Requests(
  { requests, refused = {}, failed = {} }: Pick<EdgeView, "requests" | "refused" | "failed">,
): JSX.Element {
  const whys = [
    ...Object.entries(refused).map(([code, count]) => [`refused: ${reason(code)}`, count] as const),
    ...Object.entries(failed).map(([code, count]) => [`failed: ${reason(code)}`, count] as const),
  ];
  return (
    <section class="card" aria-labelledby="requests">
      <h2 id="requests">{`Frames that came here, ${many(requests.total)}`}</h2>
      <dl>
        <Fact label="answered">{many(requests.ok)}</Fact>
        <Fact label="refused, no server was asked">{many(requests.refused)}</Fact>
        <Fact label="failed">{many(requests.failed)}</Fact>
        {whys.map(([label, count]) => <Fact label={label}>{many(count)}</Fact>)}
      </dl>
    </section>
  );
}

function Captured({ edge }: { readonly edge: EdgeView }): JSX.Element {
  const { frames } = edge;
  return (
    <section class="card" aria-labelledby="captured">
      <h2 id="captured">
        {frames ? `Frames that it captured, ${many(frames.captured)}` : "Frames that it captured"}
      </h2>
      {!frames ? <p class="quiet">It does not tell.</p> : (
        <>
          <FramesBar edge={edge} />
          <dl>
            {Object.entries(OUTCOMES).map(([kind, label]) => (
              <Fact label={label}>
                <span class={`dot ${kind}`} aria-hidden="true"></span>{" "}
                {many(frames[kind as keyof typeof OUTCOMES])}
              </Fact>
            ))}
          </dl>
          <p class="quiet">As it says itself, since it was started.</p>
        </>
      )}
    </section>
  );
}

function About({ edge }: { readonly edge: EdgeView }): JSX.Element {
  const { client, addresses, version, sources, first_seen } = edge;
  return (
    <section class="card" aria-labelledby="about" data-key="about">
      <h2 id="about">About it</h2>
      <dl class="narrow">
        {client !== undefined && <Fact label="Token">{client}</Fact>}
        <Fact label="Sources">{sources.join(", ") || NONE}</Fact>
        <Fact label={addresses.length > 1 ? "Addresses" : "Address"}>{addresses.join(", ")}</Fact>
        <Fact label="Version">{version ?? NONE}</Fact>
        <Fact label="First seen (UTC)">
          <time datetime={first_seen}>{first_seen.slice(0, 19).replace("T", " ")}</time>
        </Fact>
      </dl>
    </section>
  );
}
