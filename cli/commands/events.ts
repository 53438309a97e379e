/** `smarteye events` and `smarteye search`: what was seen, out of what runs stored. */

import { resolve } from "node:path";
import type { Command } from "commander";
import { type Cli, roleCommand } from "../command.ts";
import type { Configured } from "../config/configure.ts";
import type { Flag, OwnFlag } from "../config/flag.ts";
import { like, pastTime, plain, whole } from "../config/kinds.ts";
import { statOf } from "../config/paths.ts";
import { quote } from "../config/problems.ts";
import type { Surroundings } from "../config/surroundings.ts";
import type { EventsOptions } from "../events/role.ts";

const DB: OwnFlag<string> = {
  term: "--db <path>",
  kind: plain("the path of a database, or of a run's directory"),
  about: "a database that a sink of kind sqlite wrote, or the directory of a run " +
    "(default: the database of the config's [sink:NAME])",
};

const SINCE: OwnFlag<(nowMs: number) => number> = {
  term: "--since <time>",
  kind: pastTime(),
  about: "in sight after that: 30m, 2h, 3d ago, or 2026-01-31, or 2026-01-31T16:45",
};

const UNTIL: OwnFlag<(nowMs: number) => number> = {
  term: "--until <time>",
  kind: pastTime(),
  about: "in sight before that",
};

const SOURCE: OwnFlag<string> = {
  term: "--source <name>",
  kind: plain("the name of a source"),
  about: "of that source alone",
};

const LIMIT: OwnFlag<number> & { readonly default: string } = {
  term: "--limit <n>",
  kind: whole("events", 1, 100_000),
  about: "so many at most: the latest",
  default: "50",
};

const LABEL: OwnFlag<string> = {
  term: "--label <label>",
  kind: plain("a label of a model"),
  about: "things of that kind alone: person, car, …",
};

const ZONE: OwnFlag<string> = {
  term: "--zone <name>",
  kind: plain("the name of a zone or a line"),
  about: "that were in that zone, or crossed that line",
};

const SHEET: OwnFlag<string> = {
  term: "--sheet <file>",
  kind: like(/^.+\.(jpe?g|png)$/i, "the path of a picture, .jpg or .png"),
  about: "write a picture with the snapshots of what is found, each with a caption",
};

const TIME_FLAGS: readonly Flag[] = [DB, SINCE, UNTIL, SOURCE, LIMIT];

const HELP_END = `An edge stores events with a sink (docs/sinks.md):

  smarteye edge -f rtsp://camera/1 --sink sqlite:seen.sqlite

It may be looked into while the edge writes. Times without a zone are those of this machine. Without a
database, --db takes the directory of a run, and reads its events.jsonl.
`;

/** The `events` command. */
export function eventsCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "events",
    about: "list what was seen: who came when, for how long, and in which zones",
    flags: TIME_FLAGS,
    examples: [
      ["smarteye events --db seen.sqlite", "the latest 50"],
      ["smarteye events --db seen.sqlite --since 1h", "of the last hour"],
      ["smarteye events --db info_system/handled_result/RUN", "of one run, without a database"],
      ["smarteye events --db seen.sqlite --json | jq .count", "for a program"],
    ],
    helpEnd: HELP_END,
    resolve: (configured, around) => optionsOf(configured, around, "smarteye events"),
    load: () => import("../events/role.ts"),
  });
}

/** The `search` command. */
export function searchCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "search",
    about: "find what was seen by what it is and where it was, and show its pictures",
    flags: [LABEL, ZONE, ...TIME_FLAGS, SHEET],
    examples: [
      ["smarteye search --db seen.sqlite --label person --since 2h", "people of two hours"],
      ["smarteye search --db seen.sqlite --zone door --sheet door.jpg", "who was at the door"],
      ["smarteye search --db seen.sqlite --since 2026-01-31 --until 2026-02-01", "of a day"],
    ],
    helpEnd: HELP_END,
    resolve: (configured, around) => ({
      ...optionsOf(configured, around, "smarteye search"),
      sheet: configured.flag(SHEET),
    }),
    load: () => import("../events/role.ts"),
  });
}

function optionsOf(
  configured: Configured,
  around: Surroundings,
  command: string,
): EventsOptions {
  const { flag, problems, settings } = configured;
  const [sinceMs, untilMs] = [SINCE, UNTIL].map((one) => flag(one)?.(around.startedAtMs));
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs > untilMs) {
    const found = `since ${new Date(sinceMs).toISOString()}`;
    problems.add({ where: "--until", found, wanted: "a time after --since" });
  }
  const place = flag(DB) ?? databaseOf(configured);
  if (place === undefined) {
    const wanted =
      "--db FILE (a database or the directory of a run), or a section [sink:NAME] with " +
      "kind = sqlite and where in the config";
    problems.add({ where: command, found: "nothing to look in", wanted });
  } else if (!statOf(around, place)) {
    const found = `no file or directory ${quote(place)}`;
    problems.add({ where: "--db", found, wanted: "one that exists" });
  }
  return {
    place: resolve(around.directory, place ?? ""),
    query: {
      ...{ sinceMs, untilMs, source: flag(SOURCE), limit: flag(LIMIT) },
      ...{ label: flag(LABEL), zone: flag(ZONE) },
    },
    json: settings.telemetry.json,
  };
}

/** The database that the config's sinks write. */
function databaseOf({ named, items }: Configured): string | undefined {
  for (const { section } of named.filter(({ section }) => section.startsWith("sink:"))) {
    const value = (key: string) => items([section, key])[0]?.value;
    const kind = value("kind") ?? section.slice("sink:".length);
    const where = value("where");
    if (kind === "sqlite" && where !== undefined) return String(where);
  }
  return undefined;
}
