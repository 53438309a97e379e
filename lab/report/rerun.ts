/** How a study is run again: a command line, and what has to stand in the config for it. */

import type { StudyPlan } from "../study/study.ts";

/** The command that comes to the same study, for a POSIX shell. */
export function commandOf(plan: StudyPlan): string {
  const { profiles, networks, policies, seconds, directory, setting } = plan;
  const { edge, cloud } = setting;
  const lines = [
    `cd ${quoted(directory)}`,
    "smarteye lab simulate -c study.ini",
    ...profiles.map((path) => `--profile ${quoted(path)}`),
    ...networks.map((network) => `--network ${quoted(network)}`),
    `--policy ${quoted(policies.map(({ name }) => name).join(","))}`,
    `--deadline-ms ${setting.deadlineMs} --seed ${setting.seed}` +
    (seconds === undefined ? "" : ` --seconds ${seconds}`),
    `--edges ${setting.edges} --edge-models ${quoted(edge.models.join(","))} ` +
    `--edge-speed ${edge.speed} --edge-workers ${edge.workers}`,
    `--cloud-models ${quoted(cloud.models.join(","))} --server-speed ${cloud.speed} ` +
    `--servers ${cloud.servers} --server-workers ${cloud.workers}`,
    "-o study",
  ];
  return lines[0] + "\n" + lines.slice(1).join(" \\\n  ");
}

/** What stands in `study.ini`: what edges do, and the policies' own parameters. */
export function configOf({ setting: { options }, policies }: StudyPlan): string {
  const sections = [
    ["[edge-setting]", [
      `queue_maxsize = ${options.queueLengthMax}`,
      `overflow = ${options.overflow}`,
      `worker_number = ${options.offloadsMax}`,
      `offload_height = ${options.offloadHeight}`,
      `jpeg_quality = ${options.jpegQuality}`,
      `on_cloud_failure = ${options.onCloudFailure}`,
    ]],
    ["[monitor]", [`monitor_interval = ${options.monitorIntervalMs / 1000}`]],
    ...policies.filter(({ parameters }) => Object.keys(parameters).length > 0).map((
      { name, parameters },
    ) => [
      `[policy:${name}]`,
      Object.entries(parameters).map(([key, value]) => `${key} = ${value}`),
    ]),
  ] as const;
  return sections.map(([head, keys]) => [head, ...keys].join("\n")).join("\n\n");
}

/** A word of a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
