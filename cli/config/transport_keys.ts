/** Keys about TLS and tokens: of edges, forwarders and inference servers. */

import { modelName, optional, plain, token, yesNo } from "./kinds.ts";
import type { Key, NumberedKey } from "./key.ts";

/** Keys of `[grpc-url]`: how inference servers are called. */
export const SERVER_ACCESS_KEYS = {
  tls: {
    kind: yesNo(),
    default: "false",
    about: "whether the inference servers are called over TLS; files given below imply it",
  },
  ca_file: {
    kind: optional(plain("the path of a PEM file")),
    default: "",
    about: "PEM file with the authorities of the servers' certificates; empty = the usual ones",
  },
  client_cert: {
    kind: optional(plain("the path of a PEM file")),
    default: "",
    about: "PEM file with the certificate that is shown to the servers, if they want one",
  },
  client_key: {
    kind: optional(plain("the path of a PEM file")),
    default: "",
    about: "PEM file with the private key of client_cert",
  },
  token: {
    kind: optional(token()),
    default: "",
    about: "token that the inference servers want; sent with every call",
    secret: true,
  },
  allow_plain_token: {
    kind: yesNo(),
    default: "false",
    about: "whether the token may go without TLS, which anybody on the way can read",
  },
} as const satisfies Readonly<Record<string, Key>>;

/** Keys of `[inference]`, `[forwarder]` and `[ui]`: what a server shows over TLS, and what it wants to see. */
export const SERVED_TLS_KEYS = {
  tls_cert: {
    kind: optional(plain("the path of a PEM file")),
    default: "",
    about: "PEM file with the server's certificate, for TLS; read again when it changes",
  },
  tls_key: {
    kind: optional(plain("the path of a PEM file")),
    default: "",
    about: "PEM file with the private key of tls_cert",
  },
  tls_client_ca: {
    kind: optional(plain("the path of a PEM file")),
    default: "",
    about: "PEM file with the authorities of clients' certificates, which clients then need",
  },
} as const satisfies Readonly<Record<string, Key>>;

/** Keys of `[grpc-url]` about servers that speak only the Open Inference Protocol. */
export const OPEN_SERVER_KEYS = {
  "oip_model<N>": {
    numbered: true,
    kind: optional(modelName()),
    default: [],
    about: "models of oip:// servers that do not tell theirs; none = those of the model sections",
  },
} as const satisfies Readonly<Record<string, NumberedKey>>;

/** Keys of `[inference]`: how an inference server is called. */
export const CALLER_ACCESS_KEYS = {
  ...SERVED_TLS_KEYS,
  token: {
    kind: optional(token()),
    default: "",
    about: "token that callers must know; empty = anybody may call",
    secret: true,
  },
  allow_plain_token: {
    kind: yesNo(),
    default: "false",
    about: "whether the token may be asked for without TLS, where anybody on the way can read it",
  },
} as const satisfies Readonly<Record<string, Key>>;
