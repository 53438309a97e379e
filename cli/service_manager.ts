/**
 * systemd, or whoever else started this program and wants to know how it is: when it works, when it
 * ends, and that it still does something. The protocol is sd_notify(3)'s.
 */

import { type Clock, every } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { Announced } from "../core/role.ts";
import { type OpenNotifySocket, openNotifySocket } from "./notify_socket.ts";

const log = logger("cli");

/** Signs of life in the time after which the manager ends a program that gives none: one may be late. */
const PINGS = 2;

/** A service manager that is told. */
export interface ServiceManager {
  /** Says how the role is. */
  announce(state: Announced): void;
  /** No more signs of life: the run is over. */
  end(): void;
}

/**
 * Tells the manager that the environment names, if it names one. Signs of life are given from the event
 * loop, by its own timer: where it stands still, there are none, and the manager starts the program
 * again. One that cannot be told is warned of, and the run goes on.
 *
 * @param drain aborts when the role is told to end.
 */
export function tellManager(
  environment: Readonly<Record<string, string>>,
  clock: Clock,
  drain: AbortSignal,
  open: OpenNotifySocket = openNotifySocket,
  pid: number = Deno.pid,
): ServiceManager | undefined {
  const path = environment["NOTIFY_SOCKET"];
  if (!path) return undefined;
  let socket: ReturnType<OpenNotifySocket>;
  try {
    socket = open(path);
  } catch (error) {
    log.warn("cannot tell the service manager at NOTIFY_SOCKET: {error}", {
      error: messageOf(error),
    });
    return undefined;
  }

  const over = new AbortController();
  let isLost = false;
  const send = (message: string) => {
    if (over.signal.aborted) return;
    const isTaken = socket.send(message);
    if (!isTaken && !isLost) log.warn("the service manager at {path} does not listen", { path });
    isLost = !isTaken;
  };
  const stopping = () => send("STOPPING=1");
  drain.addEventListener("abort", stopping, { once: true });

  const periodMs = watchdogMs(environment, pid) / PINGS;
  if (periodMs > 0) void every(clock, periodMs, () => send("WATCHDOG=1"), over.signal);
  return {
    announce(state) {
      switch (state) {
        case "ready":
          return send("READY=1");
        case "reloading":
          return send(`RELOADING=1\nMONOTONIC_USEC=${socket.nowUs()}`);
        default:
          return state satisfies never;
      }
    },
    end() {
      drain.removeEventListener("abort", stopping);
      over.abort();
      socket.close();
    },
  };
}

/** Milliseconds after which the manager misses a sign of life of this process; 0 where it wants none. */
function watchdogMs(environment: Readonly<Record<string, string>>, pid: number): number {
  const { WATCHDOG_USEC: us, WATCHDOG_PID: of } = environment;
  if (!us || (of && of !== String(pid))) return 0;
  if (/^[1-9]\d{0,15}$/.test(us)) return Number(us) / 1000;
  log.warn('WATCHDOG_USEC is "{us}", and no number of microseconds: no sign of life is given', {
    us,
  });
  return 0;
}
