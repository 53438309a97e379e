/** What an edge and its cloud are like in simulated time, as commands of the lab are told. */

import type { StudyPlan } from "../../../lab/study/study.ts";
import type { Configured } from "../../config/configure.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { listOf, modelName, positive, whole } from "../../config/kinds.ts";

export const SEED = {
  term: "--seed <n>",
  kind: whole("", 0, 4_294_967_295),
  about: "of all that is left to chance: the same seed, the same report, byte for byte",
  default: "1",
};
export const CLOUD_MODELS: OwnFlag<readonly string[]> = {
  term: "--cloud-models <list>",
  kind: listOf(modelName()),
  about: "models in the cloud (default: all of the profile)",
};
export const EDGE_SPEED = {
  term: "--edge-speed <x>",
  kind: positive("", 1000),
  about: "how many times as fast an edge is as the machine of the profile",
  default: "0.25",
};
export const SERVER_SPEED = {
  term: "--server-speed <x>",
  kind: positive("", 1000),
  about: "how many times as fast a server is as the machine of the profile",
  default: "2",
};
export const EDGE_WORKERS = {
  term: "--edge-workers <n>",
  kind: whole("workers", 1, 1000),
  about: "frames that an edge infers at once",
  default: "1",
};
export const SERVERS = {
  term: "--servers <n>",
  kind: whole("servers", 1, 1000),
  about: "inference servers in the cloud",
  default: "1",
};
export const WORKERS = {
  term: "--server-workers <n>",
  kind: whole("workers", 1, 1000),
  about: "frames that a server infers at once",
  default: "2",
};
export const SECONDS: OwnFlag<number> = {
  term: "--seconds <n>",
  kind: positive("seconds", 1e6),
  about: "play each video for so long, again and again (default: once)",
};

type Setting = StudyPlan["setting"];

/** All of it but how many edges there are, which models they have, and by when a result is wanted. */
export interface MachineSetting extends Pick<Setting, "seed" | "options"> {
  /** The edge, without its models. */
  readonly edge: Omit<Setting["edge"], "models">;
  /** The cloud, without its models. */
  readonly cloud: Omit<Setting["cloud"], "models">;
}

/** What the flags and the config say of it. */
export function machineSetting({ flag, settings }: Configured): MachineSetting {
  const edge = settings["edge-setting"];
  return {
    seed: flag(SEED),
    edge: { workers: flag(EDGE_WORKERS), speed: flag(EDGE_SPEED) },
    cloud: { servers: flag(SERVERS), workers: flag(WORKERS), speed: flag(SERVER_SPEED) },
    options: {
      offloadsMax: edge.worker_number,
      queueLengthMax: edge.queue_maxsize,
      overflow: edge.overflow,
      onCloudFailure: edge.on_cloud_failure,
      offloadHeight: edge.offload_height,
      jpegQuality: edge.jpeg_quality,
      monitorIntervalMs: Math.max(1, Math.round(settings.monitor.monitor_interval * 1000)),
    },
  };
}
