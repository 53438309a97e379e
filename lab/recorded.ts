/** What the lab has of its own: a few profiles of recorded video, and networks that are generated. */

import { fileURLToPath } from "node:url";

/** Where its profiles are: a directory with one for each video. */
export const RECORDED_PROFILES: string = fileURLToPath(new URL("./recorded/", import.meta.url));

/** Networks that are tried where none is named: two cellular kinds twice, one that steps, one that is cut. */
export const USUAL_NETWORKS: readonly string[] = [
  "lte",
  "lte?seed=2",
  "umts",
  "evdo",
  "steps:8mbit*3,1mbit*3",
  "constant:8mbit?cut=3-4.5,7-7.5&name=cuts",
];
