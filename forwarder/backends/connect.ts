/** Opens the way to an inference server, whatever it speaks. */

import type { Clock } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { Backend } from "../backend.ts";
import type { PictureWorkers } from "../pictures/picture_workers.ts";
import type { ServerAccess } from "../server_access.ts";
import type { KnownOfServer } from "../server_pool.ts";
import { parseTarget, TARGET_FORMS, targetAddress } from "../target.ts";
import { connectMsgTransfer } from "./msg_transfer.ts";
import { connectOpenInference } from "./open_inference.ts";
import { connectSmarteye } from "./smarteye.ts";

/** What ways to servers are made of. */
export interface ConnectOptions {
  /** Bytes of the largest image that will be sent. */
  readonly imageBytesMax: number;
  /** How servers are reached. */
  readonly access: ServerAccess;
  /** For servers that know nothing of pictures. */
  readonly pictures: Pick<PictureWorkers, "ask">;
  /** Names of models, for servers that do not tell theirs. */
  readonly models: readonly string[];
  /** Measures stages of servers that do not tell them. */
  readonly clock: Clock;
}

/**
 * Opens the channel to one server.
 *
 * @param server as configured: its form says what it speaks.
 * @throws {SmarteyeError} `invalid_argument` when it is in no form of a server.
 */
export function connect(
  server: string,
  { imageBytesMax, access, pictures, models, clock }: ConnectOptions,
  { heard, authority }: KnownOfServer,
): Backend {
  const target = parseTarget(server);
  if (!target) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot use the server "${server}": ${TARGET_FORMS} is wanted`,
    );
  }
  const address = targetAddress(target);
  const channel = { address, access, heard, authority };
  switch (target.protocol) {
    case "smarteye":
      return connectSmarteye(address, imageBytesMax, access, { heard, authority });
    case "open_inference":
      return connectOpenInference({ server, channel, pictures, models, clock });
    case "msg_transfer":
      return connectMsgTransfer({ channel, pictures, clock });
    default:
      return target.protocol satisfies never;
  }
}
