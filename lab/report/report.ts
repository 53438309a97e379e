/** The report of a study: one HTML file that needs nothing else, and can be read without scripts. */

import type { Study } from "../study/study.ts";
import { cellOf } from "./cell.ts";
import { headOf } from "./head.ts";
import { ENDINGS, glossaryOf } from "./glossary.ts";
import { Html, markup } from "./html.ts";
import { stylesOf } from "./legend.ts";
import { overviewOf } from "./overview.ts";
import { STYLE } from "./style.ts";
import { summaries } from "./summary.ts";

/** Cells up to which all of them are open when a report is opened. */
const OPEN_CELLS_MAX = 8;

/** For comfort only: a cell that a link leads to is opened, on paper all are. */
const SCRIPT = `
const open=()=>{const d=document.querySelector(location.hash+">details");if(d)d.open=true};
addEventListener("hashchange",()=>location.hash&&open());
addEventListener("beforeprint",()=>document.querySelectorAll("details").forEach(d=>d.open=true));
`;

/**
 * The report of a study, or of a shard of it. The same study and notes come to the same, byte for byte.
 *
 * @param notes what else readers should know, such as on which data policies were tuned.
 */
export function reportHtml(study: Study, notes: readonly string[] = []): string {
  const policies = summaries(study);
  const names = policies.map(({ policy }) => policy);
  const styles = stylesOf(names);
  const { deadlineMs } = study.plan.setting;
  const isOpen = study.cells.length <= OPEN_CELLS_MAX;
  const cells = study.cells.map((cell) => cellOf(cell, names, styles, { deadlineMs, isOpen }));
  const videos = [...new Set(study.cells.map(({ video }) => video))];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="smarteye lab">
<title>Control policies compared: ${videos.join(", ")}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${headOf(study, notes)}<main>
${overviewOf(study, policies, styles)}<h2 class="cells">Each video on each network</h2>
${cells}${glossary(deadlineMs)}</main>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`.text;
}

function glossary(deadlineMs: number): Html {
  return glossaryOf([
    [
      "F1",
      `mean over all captured frames of how well what is known of each after ${deadlineMs} ms, its ` +
      "own result or the latest of an earlier frame, agrees with what is taken for true",
    ],
    ["streaming F1", "the same of what is known at the moment of capture, of earlier frames"],
    ["95 % interval", "of the mean, by a block bootstrap over seconds"],
    ["bound", "no policy can do better on the same video and network; “of bound” is a share of it"],
    ["missed", "captured, not filtered, and without a result of its own in time"],
    ...ENDINGS,
    ["server, s", "seconds that servers were at work"],
  ]);
}
