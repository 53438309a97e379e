/** Keys of `[ui]`: the pages of an edge. */

import {
  host,
  listOf,
  localListenAddress,
  number,
  optional,
  password,
  plain,
  token,
  whole,
  yesNo,
} from "./kinds.ts";
import type { Key } from "./key.ts";
import { SERVED_TLS_KEYS } from "./transport_keys.ts";

/** Keys of `[ui]`. */
export const UI_KEYS = {
  listen: {
    kind: optional(localListenAddress()),
    default: "",
    about: "port or host:port that an edge shows its pages on; 0 = a free one, empty = none",
  },
  password: {
    kind: optional(password()),
    default: "",
    about: "password for the pages; one, or a token, is wanted where others reach them",
    secret: true,
  },
  password_file: {
    kind: optional(plain("the path of a file")),
    default: "",
    about: "file with a password for the pages in its one line",
  },
  token: {
    kind: optional(token()),
    default: "",
    about: "token by which programs may see and change what the pages show",
    secret: true,
  },
  ...SERVED_TLS_KEYS,
  allow_plain_tokens: {
    kind: yesNo(),
    default: "false",
    about: "whether others may send the password or token without TLS, where it can be read",
  },
  hosts: {
    kind: optional(listOf(host())),
    default: "",
    about:
      "names by which browsers may come, beside localhost; empty = any where a password guards",
  },
  fps: {
    kind: number({ min: 0, max: 30, isAboveMin: true }, "pictures a second"),
    default: "10",
    about: "pictures a second that are shown of a source, at most",
  },
  height: {
    kind: whole("pixels", 16, 2160),
    default: "720",
    about: "height in pixels of the pictures that are shown, at most",
  },
  viewers: {
    kind: whole("viewers", 1, 250),
    default: "32",
    about: "viewers of a source's pictures at once, and as many of its numbers",
  },
} as const satisfies Readonly<Record<string, Key>>;
