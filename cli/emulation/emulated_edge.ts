/** An edge whose link to its cloud is like another network. */

import { logger } from "../../core/log.ts";
import { redact } from "../../core/redact.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { seededRng, seedOf } from "../../core/rng.ts";
import type { EdgeOptions } from "../../edge/options.ts";
import type { Network } from "../../lab/network/network.ts";
import type { Role } from "../command.ts";

const log = logger("edge");

/** Options of `smarteye edge`. */
export interface EdgeCommandOptions extends EdgeOptions {
  /** What the link to the cloud is to be like; absent: it is as it is. */
  readonly network?: Network | undefined;
}

/**
 * The role over a shaped link to its forwarder, if a network is to be emulated. The link's time begins
 * when the edge first connects: to ask what the cloud offers, which is when its models are loaded and
 * right before it reads frames, as in a simulation.
 */
export function emulated(role: Role<EdgeOptions>): Role<EdgeCommandOptions> {
  return {
    run: ({ network, ...options }, deps) =>
      network ? runOver(network, role, options, deps) : role.run(options, deps),
  };
}

async function runOver(
  { name, up, down }: Network,
  role: Role<EdgeOptions>,
  options: EdgeOptions,
  { clock, rng, ...deps }: RoleDeps<EdgeCommandOptions>,
): Promise<ExitStatus> {
  const { ShapedLink } = await import("../../lab/network/shaped_link.ts");
  const { forwarderUrl, seed } = options;
  const target = targetOf(new URL(forwarderUrl));
  const chance = seed === undefined ? rng : seededRng(seedOf(seed, LINK));
  await using link = await ShapedLink.open({ target, up, down, clock, rng: chance });
  const description = `over the emulated network ${name}`;
  log.info("frames for {url} go {description}", { url: redact(forwarderUrl), description });
  const forwarderVia = { address: link.address, description };
  return await role.run({ ...options, forwarderVia }, { ...deps, clock, rng });
}

/** Tells the link's chance from that of others who have the run's seed. */
const LINK = 0x6c696e6b;

/** As a link takes it: `host:port`, IPv6 hosts in brackets. */
function targetOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
