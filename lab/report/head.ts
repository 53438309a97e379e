/** The head of a report: what was studied, and how it is run again. */

import type { Study, StudyPlan } from "../study/study.ts";
import { type Html, markup } from "./html.ts";
import { commandOf, configOf } from "./rerun.ts";

/** What was studied. */
export function headOf(study: Study, notes: readonly string[]): Html {
  const { plan, shard, cells } = study;
  const videos = new Set(cells.map(({ video }) => video)).size;
  const networks = new Set(cells.map(({ network }) => network)).size;
  const part = shard.count === 1
    ? undefined
    : noteOf(`This is part ${shard.index} of ${shard.count} of a study, not the whole.`);
  const studied = `${count(plan.policies.length, "policy", "policies")} on ` +
    `${count(videos, "video", "videos")} over ${count(networks, "network", "networks")}`;
  return markup`<header>
<h1>Control policies compared</h1>
<p>${studied}, in simulated time. A result is of use for <b>${plan.setting.deadlineMs} ms</b>.</p>
${part}${notes.map(noteOf)}${facts(plan, cells)}<details><summary>How to run it again</summary>
<pre>${commandOf(plan)}</pre>
<p>with <code>study.ini</code>:</p>
<pre>${configOf(plan)}</pre>
</details>
</header>
`;
}

function noteOf(text: string): Html {
  return markup`<p class="note">${text}</p>\n`;
}

function facts(plan: StudyPlan, cells: Study["cells"]): Html {
  const { edges, edge, cloud, seed, options } = plan.setting;
  const rates = [...new Set(cells.map(({ fps }) => Number(fps.toFixed(2))))].sort((a, b) => a - b);
  const rows: [string, string][] = [
    [
      "Edges",
      `${edges}, each ${edge.speed} × as fast as the machine of the profile, ` +
      `${count(edge.workers, "frame", "frames")} at once: ${edge.models.join(", ")}`,
    ],
    [
      "Cloud",
      `${count(cloud.servers, "server", "servers")}, ${cloud.speed} × as fast, ` +
      `${count(cloud.workers, "frame", "frames")} at once: ${cloud.models.join(", ")}`,
    ],
    ["Policies", plan.policies.map(({ name, parameters }) => name + told(parameters)).join(", ")],
    [
      "Offloading",
      `at most ${options.offloadsMax} at once, by default ${options.offloadHeight}p at JPEG quality ` +
      `${options.jpegQuality}; the cloud is looked at every ${options.monitorIntervalMs} ms; ` +
      `what it fails on: ${options.onCloudFailure}`,
    ],
    ["Queue", `${options.queueLengthMax} frames, when full: ${options.overflow}`],
    [
      "Played",
      `${plan.seconds === undefined ? "once" : `for ${plan.seconds} s`}, ` +
      `${rates.join(", ")} frames/s`,
    ],
    ["Seed", `${seed}`],
  ];
  return markup`<dl>
${rows.map(([what, value]) => markup`<dt>${what}</dt><dd>${value}</dd>\n`)}</dl>
`;
}

function told(parameters: Readonly<Record<string, number>>): string {
  const all = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  return all.length === 0 ? "" : ` (${all.join(", ")})`;
}

/** A number of things. */
export function count(n: number, one: string, several: string): string {
  return `${n} ${n === 1 ? one : several}`;
}
