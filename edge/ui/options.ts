/** How an edge's pages are served, resolved and checked. */

import type { ListenAddress } from "../../core/address.ts";
import type { TlsFiles } from "../../core/tls_files.ts";
import type { FilterOptions } from "../filter/options.ts";

/** How an edge's pages are served. */
export interface UiOptions {
  /** Where. */
  readonly listen: ListenAddress;
  /** Passwords and tokens, each of which opens all; empty only on loopback. Never shown. */
  readonly secrets: readonly string[];
  /** A file with one more password. */
  readonly passwordFile?: string;
  /** Speaks TLS by these files; plain HTTP where absent. */
  readonly tls?: TlsFiles;
  /** Names by which browsers may come, beside loopback's. */
  readonly hosts: readonly string[];
  /** Pictures a second that are shown of a source, at most. */
  readonly fpsMax: number;
  /** Lines that they have, at most. */
  readonly heightMax: number;
  /** Who may watch a source at once, and as many its numbers. */
  readonly viewersMax: number;
  /** The config file, to which zones are saved; absent: none was read. */
  readonly configFile?: string;
  /** How movement is looked for in each source, where somebody turns that on. */
  readonly gates: Readonly<Record<string, FilterOptions>>;
}
