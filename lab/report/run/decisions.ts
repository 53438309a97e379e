/** Why frames went where they went, who inferred them, and how they were sent. */

import { type Html, markup } from "../html.ts";
import { bytes, percent } from "../numbers.ts";
import { breakable, tableOf } from "../table.ts";
import type { RunNumbers } from "./numbers.ts";
import { type PlaceOnPage, sectionOf } from "./place.ts";
import type { Ranking } from "./tally.ts";
import { grouped } from "./words.ts";

/** The section; `undefined` where nothing is known of decisions. */
export function decisionsSection(place: PlaceOnPage, numbers: RunNumbers): Html | undefined {
  const tables = [
    rankingTable(`${place.prefix}reasons`, numbers.reasons, {
      caption: "Why it was decided so, in the policy's words. N stands for a number.",
      name: "reason",
    }),
    rankingTable(`${place.prefix}details`, numbers.details, {
      caption: "Why frames were filtered, dropped or failed, or inferred on the edge after all.",
      name: "why",
    }),
    rankingTable(`${place.prefix}otherwise`, numbers.otherwise, {
      caption: "What became of frames, and what the candidate would have done with them instead.",
      name: "was → candidate",
    }),
    modelsTable(place, numbers),
    sentTable(place, numbers),
  ].filter((table) => table !== undefined);
  if (tables.length === 0) return undefined;
  return sectionOf(
    place,
    "decisions",
    "Decisions",
    markup`<div class="tables">
${tables.map((table) => markup`<div>${table}</div>\n`)}</div>
`,
  );
}

function rankingTable(
  id: string,
  { top, rest, restNames }: Ranking,
  { caption, name }: { readonly caption: string; readonly name: string },
): Html | undefined {
  const all = top.reduce((sum, [, count]) => sum + count, rest);
  if (all === 0) return undefined;
  const row = (text: string, count: number) => ({
    names: [markup`<span class="text">${text === "" ? "no reason was given" : text}</span>`],
    values: [grouped(count), percent(count / all)],
  });
  return tableOf(id, {
    ...{ caption, names: [name], heads: ["frames", "share"] },
    rows: [
      ...top.map(([text, count]) => row(text, count)),
      ...rest > 0 ? [{ ...row(`${grouped(restNames)} others`, rest), isBound: true }] : [],
    ],
  });
}

function modelsTable({ prefix }: PlaceOnPage, { models }: RunNumbers): Html | undefined {
  const all = Object.entries(models).sort(([, a], [, b]) => b - a);
  const sum = all.reduce((sum, [, count]) => sum + count, 0);
  if (sum === 0) return undefined;
  return tableOf(`${prefix}models`, {
    ...{ caption: "Who inferred.", names: ["model"], heads: ["frames", "share"] },
    rows: all.map(([model, count]) => ({
      names: [breakable(model)],
      values: [grouped(count), percent(count / sum)],
    })),
  });
}

function sentTable({ prefix }: PlaceOnPage, { sent }: RunNumbers): Html | undefined {
  const { top, rest } = sent;
  if (top.length === 0) return undefined;
  const values = (frames: number, bytesUp: number) => [
    grouped(frames),
    bytes(bytesUp),
    bytes(bytesUp / Math.max(1, frames)),
  ];
  return tableOf(`${prefix}sent`, {
    caption: "Height and JPEG quality that frames were to be sent at, and what was sent for them.",
    names: ["sent as"],
    heads: ["frames", "bytes", "a frame"],
    rows: [
      ...top.map(({ height, quality, frames, bytesUp }) => ({
        names: [`${height}p, quality ${quality}`],
        values: values(frames, bytesUp),
      })),
      ...rest.frames === 0 ? [] : [{
        names: ["otherwise"],
        values: values(rest.frames, rest.bytesUp),
        isBound: true,
      }],
    ],
  });
}
