/** One TCP connection through a link: a socket at each end, a lane each way. */

import { connect, type Socket } from "node:net";
import type { ListenAddress } from "../../core/address.ts";
import type { Lane } from "./lane.ts";

/** A lane for each direction. */
export interface Lanes {
  /** From who has connected to the target. */
  readonly up: Lane;
  /** Back. */
  readonly down: Lane;
}

/**
 * Carries what one end sends to the other: bytes, the end of a direction, a reset. The target is
 * connected to when that has come over the link, and one that refuses shows as a reset.
 */
export class RelayedConnection {
  /** Resolves when both ends are closed. */
  readonly done: Promise<void>;
  #far: Socket | undefined;
  #isReset = false;

  /** Takes over `near`, which has just connected. */
  constructor(
    private readonly near: Socket,
    private readonly target: ListenAddress,
    private readonly lanes: Lanes,
  ) {
    lanes.up.mark("open");
    this.done = this.#relay();
  }

  /** Resets it at both ends at once, whatever is under way. */
  reset(): void {
    this.#isReset = true;
    this.lanes.up.close();
    this.lanes.down.close();
    reset(this.near);
    if (this.#far) reset(this.#far);
  }

  async #relay(): Promise<void> {
    const { up, down } = this.lanes;
    await Promise.all([serve(this.near, up, down), this.#relayFar()]);
    up.close();
    down.close();
  }

  async #relayFar(): Promise<void> {
    const { up, down } = this.lanes;
    if (await up.receive() !== "open" || this.#isReset) return; // before it got there
    const { host, port } = this.target;
    this.#far = connect({ host, port, allowHalfOpen: true, noDelay: true });
    await serve(this.#far, down, up);
  }
}

/** Sends what a socket says, and has it say what arrives, until it is closed. */
async function serve(socket: Socket, sent: Lane, arriving: Lane): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => sent.mark("reset"));
  void send(socket, sent);
  void deliver(arriving, socket);
  await closed;
}

async function send(socket: Socket, lane: Lane): Promise<void> {
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) await lane.send(chunk);
    lane.mark("end");
  } catch {
    // Its error event has told of it, or it was reset from the other end.
  }
}

async function deliver(lane: Lane, socket: Socket): Promise<void> {
  for (;;) {
    const load = await lane.receive();
    if (load === undefined) return;
    if (load === "end") socket.end();
    else if (load === "reset") reset(socket);
    else if (load !== "open") await write(socket, load);
  }
}

/** Resolves when the system has taken the bytes, or when they cannot be said any more. */
function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => void socket.write(bytes, () => resolve()));
}

/** One that does not stand yet cannot be reset: it is only closed. */
function reset(socket: Socket): void {
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
