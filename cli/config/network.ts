/** The network that the edge's link to its cloud is to be like. */

import { type Network, openNetwork, UnusableNetwork } from "../../lab/network/network.ts";
import type { Configured } from "./configure.ts";
import type { Surroundings } from "./surroundings.ts";

/** Opens the network that is to be emulated, if any is. Adds to the problems what is wrong with it. */
export function resolveNetwork(
  { settings, origin, problems }: Configured,
  around: Surroundings,
): Network | undefined {
  const spec = settings["edge-setting"].emulate_network;
  if (spec === undefined) return undefined;
  try {
    return openNetwork(spec, around.directory);
  } catch (error) {
    if (!(error instanceof UnusableNetwork)) throw error;
    const { found, wanted } = error;
    problems.add({ where: origin(["edge-setting", "emulate_network"]), found, wanted });
    return undefined;
  }
}
