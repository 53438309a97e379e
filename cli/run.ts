/** The program: arguments → exit status. */

import { type Command, CommanderError } from "commander";
import project from "../deno.json" with { type: "json" };
import type { ExitStatus } from "../core/role.ts";
import { addFlags } from "./args.ts";
import { bareCommand, type Cli, type DefineCommand } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { COMMON_FLAGS } from "./config/flag.ts";
import { exitStatusOf, failureText } from "./failure.ts";
import { processWorld, type World } from "./world.ts";

const ABOUT = "Real-time video analytics across an edge and a cloud.";

const AFTER_HELP = `
Every flag can also stand in a config file (config/config.ini documents all keys) or in the
environment, as SMARTEYE_<SECTION>_<KEY>: a flag wins over the environment, which wins over the
file. "smarteye <command> --help" tells the flags of a command.

Exit status: 0 done, 1 the run failed, 2 the command line or the config is wrong.`;

/**
 * Runs the program with the arguments after its name. Never throws: what goes wrong is said on
 * stderr and in the exit status.
 */
export async function run(
  args: readonly string[],
  world: World = processWorld(),
  commands: readonly DefineCommand[] = COMMANDS,
): Promise<ExitStatus> {
  const cli: Cli = { world, status: 0, showsStacks: false };
  try {
    await program(cli, commands).parseAsync(args, { from: "user" });
    return cli.status;
  } catch (error) {
    // Commander has said by itself what was wrong; a help or version that was asked for is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    world.stderr.write(failureText(error, cli.showsStacks));
    return exitStatusOf(error);
  }
}

function program(cli: Cli, commands: readonly DefineCommand[]): Command {
  const root = bareCommand(cli, "smarteye", ABOUT)
    .version(`smarteye ${project.version}`, "-V, --version", "show the version")
    .enablePositionalOptions()
    .addHelpText("after", AFTER_HELP);
  addFlags(root, COMMON_FLAGS);
  for (const define of commands) root.addCommand(define(cli));
  return root;
}
