/** The routes of an edge's pages: which path shows, sends and changes what. */

import { SmarteyeError } from "../../core/errors.ts";
import type { Clock } from "../../core/clock.ts";
import { asSmarteyeError } from "../../core/errors.ts";
import { json, refuse } from "../../web/answers.ts";
import type { Sent } from "../../web/ui/env.ts";
import type { Shell, UiContext } from "../../web/ui/shell.tsx";
import { Viewers } from "../../web/ui/viewers.ts";
import type { EdgeNode } from "../node.ts";
import { type Controls, filterChoice } from "./controls.ts";
import { isEventId, newestFirst } from "./event_memory.ts";
import { fileAnswer, isThere } from "./files.ts";
import type { LiveSource } from "./live_source.ts";
import type { UiOptions } from "./options.ts";
import { OverviewPage } from "./overview_page.tsx";
import { headOf, STREAM_HEADERS } from "./part.ts";
import { SeenPage, type SeenQuery } from "./seen_page.tsx";
import { SourcePage } from "./source_page.tsx";
import { sourceState, stateOf } from "./state.ts";
import type { ZoneEdits } from "./zone_edits.ts";

/** Milliseconds that one picture is waited for. */
const GLANCE_MS = 1000;

/** Events on a page. */
const PAGE = 24;

/** Pages that can be turned. */
const PAGES_MAX = 1000;

/** What pictures and clips of events are, by the ends of their names. */
const EVENT_TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  snapshot: { jpg: "image/jpeg" },
  clip: { mp4: "video/mp4", mkv: "video/x-matroska" },
};

/** What the routes work with. */
export interface AppParts {
  /** What is around them. */
  readonly shell: Shell;
  /** Those of the edge, in its order. */
  readonly sources: readonly LiveSource[];
  /** `undefined` before it is open. */
  readonly node: () => EdgeNode | undefined;
  /** Changes runs. */
  readonly controls: Controls;
  /** Draws zones. */
  readonly zones: ZoneEdits;
  /** Who may watch. */
  readonly options: Pick<UiOptions, "viewersMax">;
  /** Streams go by it. */
  readonly clock: Clock;
}

/** Adds the routes. @returns what tells everybody who listens how the edge is: to be called now and then. */
export function addRoutes(parts: AppParts): () => void {
  addPages(parts);
  addPictures(parts);
  addChanges(parts);
  addSeen(parts);
  return addState(parts);
}

function addPages({ shell, sources, node, controls, clock }: AppParts): void {
  const { app } = shell;
  app.get("/", (c) => {
    const [only, ...others] = sources;
    if (only && others.length === 0) {
      return sourcePage({ shell, sources, node, controls, clock }, c, only);
    }
    const props = { title: "Live", scripts: ["overview.js"], styles: ["live.css"] };
    return shell.page(c, props, <OverviewPage state={stateOf(sources, node(), clock)} />);
  });
  app.get(
    "/source/:name",
    (c) =>
      sourcePage({ shell, sources, node, controls, clock }, c, named(sources, c.req.param("name"))),
  );
}

/** The page of a source, with what the last form came to. */
function sourcePage(
  { shell, sources, node, controls, clock }: Pick<
    AppParts,
    "shell" | "sources" | "node" | "controls" | "clock"
  >,
  c: UiContext,
  source: LiveSource,
  told?: { readonly text: string; readonly isProblem: boolean },
): Response | Promise<Response> {
  return shell.page(
    c,
    { title: source.name, scripts: ["source.js"], styles: ["live.css"] },
    <SourcePage
      source={sourceState(source)}
      state={stateOf(sources, node(), clock)}
      policies={controls.policies}
      hasLearned={source.options.filter?.learned !== undefined}
      formToken={c.var.formToken}
      told={told}
    />,
  );
}

/** Pictures of a source: a stream that anything shows, and one of them. */
function addPictures({ shell, sources }: AppParts): void {
  shell.app.get("/live/:file", async (c) => {
    const [, name = "", kind] = /^(.+)\.(mjpeg|jpg)$/.exec(c.req.param("file")) ?? [];
    const { sink } = named(sources, name);
    if (kind === "mjpeg") {
      return sink.stream(STREAM_HEADERS, shell.over) ??
        refuse("overloaded", "Cannot show the picture: too many watch it");
    }
    const picture = await sink.glance(GLANCE_MS);
    if (!picture) return new Response(null, { status: 204 }); // none yet, which is no error
    return new Response(picture.jpeg, {
      headers: {
        "content-type": "image/jpeg",
        "content-length": String(picture.jpeg.length),
        "x-frame": headOf(picture.frame),
      },
    });
  });
}

/** How the edge is, once and as it changes. */
function addState({ shell, sources, node, clock, options }: AppParts): () => void {
  const { viewersMax } = options;
  const viewers = new Viewers({ viewersMax, clock });
  const encoder = new TextEncoder();
  const message = (event: string, value: unknown) =>
    encoder.encode(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
  shell.app.get("/state.json", () => json(stateOf(sources, node(), clock)));
  shell.app.get("/events", () => {
    const history = sources.map(({ name, gauges }) => ({ name, history: gauges.history }));
    const first = message("history", history);
    return viewers.open({ "content-type": "text/event-stream" }, shell.over, first) ??
      refuse("overloaded", "Cannot tell how the edge is: too many listen");
  });
  return () => {
    if (viewers.count > 0) viewers.send(message("state", stateOf(sources, node(), clock)));
  };
}

/** What is changed while it runs: by a form, which gives a page, or by a script. */
function addChanges(parts: AppParts): void {
  const { shell, sources, controls, zones } = parts;
  shell.app.post("/source/:name/change", async (c) => {
    const source = named(sources, c.req.param("name"));
    const { sent } = c.var;
    if (sent.kind !== "form") {
      await change(controls, source, fieldsOf(sent));
      return json({ told: "From the next frame on." });
    }
    try {
      await change(controls, source, fieldsOf(sent));
      return sourcePage(parts, c, source, {
        text: "Changed, from the next frame on.",
        isProblem: false,
      });
    } catch (error) {
      const { message } = asSmarteyeError(error, "change it");
      return sourcePage(parts, c, source, { text: message, isProblem: true });
    }
  });
  shell.app.post("/source/:name/zones", async (c) => {
    const { sent } = c.var;
    const given = sent.kind === "json" ? sent.value : undefined;
    return json(await zones.draw(named(sources, c.req.param("name")), given));
  });
  shell.app.post("/source/:name/zones/remove", async (c) => {
    const { name = "" } = fieldsOf(c.var.sent);
    return json(await zones.remove(named(sources, c.req.param("name")), name));
  });
}

async function change(
  controls: Controls,
  source: LiveSource,
  { what, policy = "", model = "", filter = "", sensitivity = "1" }: Readonly<
    Record<string, string>
  >,
): Promise<void> {
  switch (what) {
    case "policy":
      return await controls.policy(source, policy.trim());
    case "model":
      return await controls.model(source, model === "" ? undefined : model);
    case "filter":
      return await controls.filter(source, filterChoice(filter, sensitivity));
    default:
      throw new SmarteyeError(
        "invalid_argument",
        "Cannot change that: policy, model or filter is wanted",
      );
  }
}

/** The texts of a form, or of a script's object. */
function fieldsOf(sent: Sent): Readonly<Record<string, string>> {
  if (sent.kind === "form") return sent.fields;
  const isObject = sent.kind === "json" && typeof sent.value === "object" && sent.value !== null;
  const entries = isObject ? Object.entries(sent.value as object) : [];
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "string"));
}

/** What was seen, and its pictures. */
function addSeen({ shell, sources }: AppParts): void {
  const { app } = shell;
  app.get("/seen", async (c) => {
    const query = queryOf((name) => c.req.query(name) ?? "");
    const meant = sources.filter(({ name }) => query.source === "" || name === query.source);
    const wanted = query.page * PAGE + 1;
    const found = await Promise.all(
      meant.map(({ events }) => events.find(filterOf(query), wanted)),
    );
    const all = found.flatMap(({ events }) => events).sort(newestFirst);
    const from = (query.page - 1) * PAGE;
    const events = await Promise.all(
      all.slice(from, from + PAGE).map(async (event) => {
        const { events } = named(sources, event.source);
        const [hasSnapshot, hasMp4, hasMkv] = await Promise.all([
          isThere(events.snapshot(event.id)),
          isThere(events.clip(event.id, "mp4")),
          isThere(events.clip(event.id, "mkv")),
        ]);
        return { ...event, hasSnapshot, clip: hasMp4 ? "mp4" : hasMkv ? "mkv" : undefined };
      }),
    );
    const zones = sources.flatMap(({ begun, options }) => (begun?.run.zones ?? options.zones));
    const rules = sources.flatMap(({ options }) => options.rules ?? []);
    return shell.page(
      c,
      { title: "Seen", scripts: ["seen.js"], styles: ["live.css"] },
      <SeenPage
        query={query}
        events={events}
        hasMore={all.length > from + PAGE && query.page < PAGES_MAX}
        isCut={found.some(({ isCut }) => isCut)}
        areKept={sources.some(({ options }) => options.events !== "none")}
        choices={{
          source: sources.map(({ name }) => name),
          label: [...new Set(sources.flatMap(({ events }) => events.labels))].sort(),
          zone: [...new Set(zones.map(({ name }) => name))].sort(),
          rule: [...new Set(rules.map(({ name }) => name))].sort(),
        }}
      />,
    );
  });
  for (const [path, types] of Object.entries(EVENT_TYPES)) {
    app.get(`/${path}/:source/:file`, async (c) => {
      const { events } = named(sources, c.req.param("source"));
      const [, id = "", ending = ""] = /^(.*)\.(\w+)$/.exec(c.req.param("file")) ?? [];
      const type = types[ending];
      if (type === undefined || !isEventId(id)) return c.notFound();
      const file = path === "clip" ? events.clip(id, ending) : events.snapshot(id);
      return await fileAnswer(file, type, c.req.header("range")) ?? c.notFound();
    });
  }
}

function queryOf(given: (name: string) => string): SeenQuery {
  const page = Math.min(PAGES_MAX, Math.max(1, Math.floor(Number(given("page")) || 1)));
  return {
    ...{ source: given("source"), label: given("label"), zone: given("zone") },
    ...{ rule: given("rule"), from: given("from"), to: given("to"), page },
  };
}

function filterOf({ label, zone, rule, from, to }: SeenQuery) {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return {
    ...(label === "" ? {} : { label }),
    ...(zone === "" ? {} : { zone }),
    ...(rule === "" ? {} : { rule }),
    ...(Number.isNaN(fromMs) ? {} : { fromMs }),
    ...(Number.isNaN(toMs) ? {} : { toMs }),
  };
}

/** @throws {SmarteyeError} `not_found` where there is no such source. */
function named(sources: readonly LiveSource[], name: string): LiveSource {
  const found = sources.find((source) => source.name === name);
  if (found) return found;
  throw new SmarteyeError(
    "not_found",
    `Cannot find the source "${name.slice(0, 64)}": there is none`,
  );
}
