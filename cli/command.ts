/** What all subcommands share: their look, and the way from flags to a running role. */

import { Command } from "commander";
import { logger } from "../core/log.ts";
import type { ExitStatus, RoleDeps } from "../core/role.ts";
import { addFlags, fullName, readFlags, refuseStray } from "./args.ts";
import { configure, type Configured, logLevelOf } from "./config/configure.ts";
import { COMMON_FLAGS, type Flag } from "./config/flag.ts";
import type { Surroundings } from "./config/surroundings.ts";
import { watchCrashes } from "./crashes.ts";
import { Progress } from "./progress.ts";
import { tellManager } from "./service_manager.ts";
import { watchSignals } from "./signals.ts";
import { holdUnpacked } from "./unpacked.ts";
import type { World } from "./world.ts";

const log = logger("cli");

/** One call of the program: what its commands are given, and what they leave behind. */
export interface Cli {
  /** Streams, environment, clock, signals. */
  readonly world: World;
  /** The exit status, set by the command that ran. */
  status: ExitStatus;
  /** Whether errors are shown with their stacks. */
  showsStacks: boolean;
}

/** Makes one subcommand. */
export type DefineCommand = (cli: Cli) => Command;

/** A role, or whatever else a command does: from options and the world to an exit status. */
export interface Role<Options> {
  /** Works until it is done or told to drain. */
  run(options: Options, deps: RoleDeps<Options>): Promise<ExitStatus>;
}

/** One subcommand, described. */
export interface CommandSpec<Options> {
  /** What the user types. */
  readonly name: string;
  /** One line. */
  readonly about: string;
  /** Positional arguments as commander writes them: `<name>`, `[names...]`. */
  readonly arguments?: string;
  /** Its first argument is the config file, as `--config` is. */
  readonly argumentIsConfig?: true;
  /** The flag that an argument is meant for, where the command takes none: `-f`. */
  readonly meantFlag?: string;
  /** Its own flags, besides those of every command. */
  readonly flags?: readonly Flag[];
  /** Command lines worth copying, each with what it does. */
  readonly examples?: readonly (readonly [line: string, about: string])[];
  /** What help says after the examples. */
  readonly helpEnd?: string;
  /** Settings → options; what is wrong is added to `configured.problems`. */
  readonly resolve: (
    configured: Configured,
    around: Surroundings,
    args: readonly string[],
  ) => Options;
  /** Loads what runs, and only now: `forward` must not load the native parts of `edge`. */
  readonly load: () => Promise<Role<Options>>;
}

/** A command that only shows its help, for subcommands to be added to. */
export function bareCommand({ world }: Cli, name: string, about: string): Command {
  const { stdout, stderr } = world;
  const command = new Command(name);
  return command
    .description(about)
    .helpOption("-h, --help", "show this help")
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(oneLine(text, command)),
      getOutHelpWidth: () => Math.min(stdout.columns(), 100),
      getErrHelpWidth: () => Math.min(stderr.columns(), 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

/** A command that only holds others. */
export interface GroupSpec {
  /** What the user types before the name of one of them. */
  readonly name: string;
  /** One line. */
  readonly about: string;
  /** Command lines worth copying, each with what it does. */
  readonly examples: readonly (readonly [line: string, about: string])[];
  /** What it holds, in the order in which help lists them. */
  readonly commands: readonly DefineCommand[];
  /** The name of the one that runs where none is named; absent: help is shown. */
  readonly byDefault?: string;
}

/** A command that holds others; by itself it shows what they are, unless it does one by default. */
export function groupCommand(cli: Cli, spec: GroupSpec): Command {
  const group = bareCommand(cli, spec.name, spec.about)
    .enablePositionalOptions()
    .addHelpText("after", examplesText(spec.examples));
  addFlags(group, COMMON_FLAGS);
  for (const define of spec.commands) {
    const command = define(cli);
    group.addCommand(command, { isDefault: command.name() === spec.byDefault });
  }
  return group;
}

/** Commander puts its suggestion on a second line; a log that is read by line would lose it. */
function oneLine(text: string, command: Command): string {
  const line = text.trim().replace(/\s*\n\s*/g, " ");
  if (line.includes("Did you mean")) return `${line}\n`;
  return `${line.replace(/\.$/, "")} ("${fullName(command)} --help" tells what there is)\n`;
}

/** A command that reads its settings, checks them all, and then runs a role. */
export function roleCommand<Options>(cli: Cli, spec: CommandSpec<Options>): Command {
  const flags = [...spec.flags ?? [], ...COMMON_FLAGS];
  const command = bareCommand(cli, spec.name, spec.about).allowExcessArguments();
  addFlags(command, flags);
  if (spec.arguments) command.arguments(spec.arguments);
  if (spec.examples) command.addHelpText("after", examplesText(spec.examples));
  if (spec.helpEnd) command.addHelpText("after", `\n${spec.helpEnd}`);
  return command.action(async () => {
    const { world } = cli;
    refuseStray(command, spec.meantFlag);
    const file = spec.argumentIsConfig ? command.args[0] : undefined;
    const commandLine = {
      ...readFlags(command, flags),
      ...(file === undefined ? {} : { file: { where: "FILE", file } }),
    };
    const read = () => configure(commandLine, world.environment, world.directory);
    const configured = read();
    cli.showsStacks = logLevelOf(configured) === "debug";
    const { directory, cores, hostName, clock } = world;
    const around = { directory, cores, hostName, startedAtMs: clock.epochMs() };
    const resolved = (configured: Configured) => {
      const options = spec.resolve(configured, around, command.args);
      configured.problems.throwIfAny();
      return options;
    };
    cli.status = await runRole(world, configured, {
      options: resolved(configured),
      reread: () => resolved(read()),
      load: spec.load,
    });
  });
}

function examplesText(examples: readonly (readonly [string, string])[]): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  return ["\nExamples:", ...examples.map(([line, about]) => `  ${line.padEnd(width)}  ${about}`)]
    .join("\n");
}

async function runRole<Options>(
  world: World,
  configured: Configured,
  { options, reread, load }: Pick<CommandSpec<Options>, "load"> & {
    readonly options: Options;
    readonly reread: () => Options;
  },
): Promise<ExitStatus> {
  const { stdout, stderr, clock, rng } = world;
  const progress = new Progress(stderr, clock);
  await world.startLogging(logLevelOf(configured), () => progress.clear());
  for (const { level, text } of configured.notes) {
    log[level === "warning" ? "warn" : level](text.replaceAll("{", "{{"));
  }

  const reloads = new Set<() => void>();
  const stopping = watchSignals(world.signals, clock, {
    say: (line) => {
      progress.clear();
      stderr.write(`${line}\n`);
    },
    reload: () => {
      for (const listener of reloads) listener();
      return reloads.size > 0;
    },
  });
  const crashes = watchCrashes(world.crashes);
  const manager = tellManager(world.environment, clock, stopping.drain);
  const unpacked = holdUnpacked(world.unpacked, clock);
  const deps: RoleDeps<Options> = {
    clock,
    rng,
    drain: stopping.drain,
    print: (line) => {
      progress.clear(); // both streams may end on one terminal
      stdout.write(`${line}\n`);
    },
    reread,
    onReload: (listener) => {
      reloads.add(listener);
      return () => void reloads.delete(listener);
    },
    ...(configured.settings.telemetry.quiet ? {} : { progress: (line) => progress.show(line) }),
    ...(manager ? { announce: manager.announce } : {}),
  };
  try {
    return await Promise.race([
      load().then((role) => role.run(options, deps)),
      stopping.stopped.then(() => 1 as const),
      crashes.crashed,
    ]);
  } finally {
    progress.clear();
    stopping.end();
    crashes.end();
    manager?.end();
    await unpacked?.close();
  }
}
