/** Every subcommand, in the order in which help lists them: a new one is one more line. */

import type { DefineCommand } from "./command.ts";
import { camerasCommand } from "./commands/cameras.ts";
import { compareCommand } from "./commands/compare.ts";
import { configCommand } from "./commands/config.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { edgeCommand } from "./commands/edge.ts";
import { eventsCommand, searchCommand } from "./commands/events.ts";
import { filterCommand } from "./commands/filter.ts";
import { forwardCommand } from "./commands/forward.ts";
import { gpuCommand } from "./commands/gpu.ts";
import { labCommand } from "./commands/lab.ts";
import { modelsCommand } from "./commands/models.ts";
import { policiesCommand } from "./commands/policies.ts";
import { reportCommand } from "./commands/report.ts";
import { retentionCommand } from "./commands/retention.ts";
import { sampleCommand } from "./commands/sample.ts";
import { serveCommand } from "./commands/serve.ts";
import { tokenCommand } from "./commands/token.ts";
import { zonesCommand } from "./commands/zones.ts";

/** The subcommands of `smarteye`. */
export const COMMANDS: readonly DefineCommand[] = [
  (cli) => edgeCommand(cli),
  (cli) => forwardCommand(cli),
  (cli) => serveCommand(cli),
  (cli) => modelsCommand(cli),
  (cli) => policiesCommand(cli),
  (cli) => filterCommand(cli),
  (cli) => labCommand(cli),
  (cli) => compareCommand(cli),
  (cli) => camerasCommand(cli),
  (cli) => zonesCommand(cli),
  (cli) => eventsCommand(cli),
  (cli) => searchCommand(cli),
  (cli) => reportCommand(cli),
  (cli) => retentionCommand(cli),
  (cli) => gpuCommand(cli),
  (cli) => tokenCommand(cli),
  (cli) => doctorCommand(cli),
  (cli) => configCommand(cli),
  (cli) => demoCommand(cli),
  (cli) => sampleCommand(cli),
];
