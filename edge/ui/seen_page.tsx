/** The page of what was seen: each thing's life with its best picture, to be looked through. */

import type { JSX } from "hono/jsx/jsx-runtime";
import type { ShownEvent } from "./event_memory.ts";

/** What was asked for, as it stands in the address. */
export interface SeenQuery {
  /** A source's name; empty: all. */
  readonly source: string;
  /** As `source`. */
  readonly label: string;
  /** As `source`. */
  readonly zone: string;
  /** As `source`. */
  readonly rule: string;
  /** A date and time of the edge's clock; empty: any. */
  readonly from: string;
  /** As `from`. */
  readonly to: string;
  /** 1, 2, 3 … */
  readonly page: number;
}

/** What is chosen from a list. */
type Choice = "source" | "label" | "zone" | "rule";

/** An event with what there is of it. */
export interface PicturedEvent extends ShownEvent {
  /** Whether its picture is there. */
  readonly hasSnapshot: boolean;
  /** How the name of its clip ends: `mp4`, or `mkv`, which browsers do not show; absent where there is none. */
  readonly clip?: string | undefined;
}

/** What it is made of. */
export interface SeenPageProps {
  /** What was asked for. */
  readonly query: SeenQuery;
  /** What was found, the newest first. */
  readonly events: readonly PicturedEvent[];
  /** There is another page. */
  readonly hasMore: boolean;
  /** Older ones were not looked through. */
  readonly isCut: boolean;
  /** Whether events are kept at all. */
  readonly areKept: boolean;
  /** What may be chosen. */
  readonly choices: Readonly<Record<Choice, readonly string[]>>;
}

/** The page. */
export function SeenPage(props: SeenPageProps): JSX.Element {
  const { query, events, hasMore, isCut, areKept, choices } = props;
  const isFiltered = Object.entries(query).some(([key, value]) => key !== "page" && value !== "");
  return (
    <div>
      <h1>What was seen in this run</h1>
      <FilterForm {...props} />
      {!areKept && (
        <p class="card">
          Events are not kept in this run (<code>--events none</code>).
        </p>
      )}
      {areKept && events.length === 0 && (
        <p class="card quiet">
          {isFiltered
            ? "Nothing of that kind. Choose less, or another time."
            : query.page > 1
            ? "There are no more."
            : "Nothing yet. What is followed from frame to frame appears here with its best picture."}
        </p>
      )}
      <ol class="cards events" start={1}>
        {events.map((event) => (
          <EventCard event={event} isOneOfSeveral={choices.source.length > 1} />
        ))}
      </ol>
      {isCut && (
        <p class="quiet">There are older ones in the run's files: too many to look through here.</p>
      )}
      <nav class="pager" aria-label="More of them">
        {query.page > 1 && <a class="button plain" href={linkTo(query, query.page - 1)}>Newer</a>}
        {(query.page > 1 || hasMore) && <span class="quiet">Page {query.page}</span>}
        {hasMore && <a class="button plain" href={linkTo(query, query.page + 1)}>Older</a>}
      </nav>
    </div>
  );
}

function FilterForm({ query, choices }: SeenPageProps) {
  const select = (name: Choice, label: string, all: string) => (
    <div>
      <label for={`by-${name}`}>{label}</label>
      <select id={`by-${name}`} name={name}>
        <option value="">{all}</option>
        {choices[name].map((one) => (
          <option value={one} selected={one === query[name]}>{one}</option>
        ))}
      </select>
    </div>
  );
  const time = (name: "from" | "to", label: string) => (
    <div>
      <label for={`by-${name}`}>{label}</label>
      <input id={`by-${name}`} name={name} type="datetime-local" step="1" value={query[name]} />
    </div>
  );
  return (
    <form method="get" action="/seen" class="filters card">
      {choices.source.length > 1 && select("source", "Source", "Every source")}
      {select("label", "What", "Everything")}
      {select("zone", "Where", "Anywhere")}
      {choices.rule.length > 0 && select("rule", "Rule", "Any, or none")}
      {time("from", "From (edge's time)")}
      {time("to", "Until")}
      <button type="submit">Show</button>
    </form>
  );
}

function EventCard(
  { event, isOneOfSeveral }: {
    readonly event: PicturedEvent;
    readonly isOneOfSeveral: boolean;
  },
) {
  const { id, source, label, startedAt, seconds, isOpen, zones, rules, hasSnapshot, clip } = event;
  const at = startedAt.slice(0, 19).replace("T", " ") + " UTC";
  const picture = `/snapshot/${source}/${id}.jpg`;
  const clipAt = `/clip/${source}/${id}.${clip}`;
  return (
    <li class="card event">
      {clip === "mp4"
        ? (
          <video
            controls
            preload="none"
            poster={hasSnapshot ? picture : undefined}
            src={clipAt}
            aria-label={`The ${label} of ${at}`}
          >
          </video>
        )
        : hasSnapshot
        ? (
          <a href={picture}>
            <img
              loading="lazy"
              src={picture}
              alt={`The ${label} of ${at}, where it is seen best`}
            />
          </a>
        )
        : <p class="empty">No picture</p>}
      <h2>{label}</h2>
      <p class="quiet">
        <time datetime={startedAt}>{at}</time>
        {isOpen ? ", still there" : `, for ${seconds.toFixed(1)} s`}
        {isOneOfSeveral && ` · ${source}`}
        {clip === "mkv" && <a href={clipAt} download>, its clip (Matroska)</a>}
      </p>
      {rules.length > 0 && (
        <ul class="chips rules" aria-label="Rules">
          {rules.map((rule) => <li>{rule}</li>)}
        </ul>
      )}
      {zones.length > 0 && (
        <ul class="chips" aria-label="Zones and lines">
          {zones.map((zone) => <li>{zone}</li>)}
        </ul>
      )}
    </li>
  );
}

function linkTo(query: SeenQuery, page: number): string {
  const given = Object.entries({ ...query, page: String(page) }).filter(([, value]) =>
    value !== ""
  );
  return `/seen?${new URLSearchParams(given)}`;
}
