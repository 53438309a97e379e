/** How edges, forwarders and inference servers reach each other: TLS, and tokens. */

import type { TlsFiles } from "../../core/tls_files.ts";
import type { ForwarderOptions } from "../../forwarder/options.ts";
import type { ServeOptions } from "../../inference/options.ts";
import type { Configured } from "./configure.ts";
import { checkIsFile } from "./paths.ts";
import type { Surroundings } from "./surroundings.ts";
import { checkCallersToken, checkClientsTokens, checkServerToken } from "./token.ts";

/** How an inference server is called. Adds to the problems what is wrong with that. */
export function resolveCallers(
  configured: Configured,
  around: Surroundings,
): Pick<ServeOptions, "tls" | "token"> {
  const { token } = configured.settings.inference;
  const tls = servedTls(configured, around, "inference");
  if (!tls) checkCallersToken(configured);
  return { ...(tls ? { tls } : {}), ...(token === undefined ? {} : { token }) };
}

/** How a forwarder is asked. Adds to the problems what is wrong with that. */
export function resolveClients(
  configured: Configured,
  around: Surroundings,
): Pick<ForwarderOptions, "tls" | "tokens"> {
  const { tokens } = configured.settings.forwarder;
  const tls = servedTls(configured, around, "forwarder");
  if (!tls) checkClientsTokens(configured);
  checkFile(configured, around, ["forwarder", "tokens"], tokens);
  return { ...(tls ? { tls } : {}), ...(tokens === undefined ? {} : { tokens }) };
}

/** What a server shows over TLS; `undefined` where it does not speak it. Adds what is wrong with that. */
export function servedTls(
  configured: Configured,
  around: Surroundings,
  section: "inference" | "forwarder" | "ui",
): TlsFiles | undefined {
  const { tls_cert, tls_key, tls_client_ca } = configured.settings[section];
  const given = tls_cert !== undefined
    ? "tls_cert"
    : tls_key !== undefined
    ? "tls_key"
    : tls_client_ca !== undefined
    ? "tls_client_ca"
    : undefined;
  if (given === undefined) return undefined;
  if (tls_cert === undefined || tls_key === undefined) {
    addHalf(configured, section, given, "tls_cert and tls_key, both");
  }
  for (const key of ["tls_cert", "tls_key", "tls_client_ca"] as const) {
    checkFile(configured, around, [section, key], configured.settings[section][key]);
  }
  return filesOf(tls_cert, tls_key, tls_client_ca);
}

/** How the forwarder calls inference servers. Adds to the problems what is wrong with that. */
export function resolveServers(
  configured: Configured,
  around: Surroundings,
): Pick<ForwarderOptions, "serverTls" | "serverToken"> {
  const { tls, ca_file, client_cert, client_key, token } = configured.settings["grpc-url"];
  const files = filesOf(client_cert, client_key, ca_file);
  const isSecure = tls || Object.keys(files).length > 0;
  if (!isSecure) checkServerToken(configured);
  if ((client_cert === undefined) !== (client_key === undefined)) {
    const given = client_cert === undefined ? "client_key" : "client_cert";
    addHalf(configured, "grpc-url", given, "client_cert and client_key, both or none");
  }
  for (const key of ["ca_file", "client_cert", "client_key"] as const) {
    checkFile(configured, around, ["grpc-url", key], configured.settings["grpc-url"][key]);
  }
  return {
    ...(isSecure ? { serverTls: files } : {}),
    ...(token === undefined ? {} : { serverToken: token }),
  };
}

function filesOf(
  certificate: string | undefined,
  key: string | undefined,
  authorities: string | undefined,
): TlsFiles {
  return {
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(authorities === undefined ? {} : { authorities }),
  };
}

type FileKey =
  | ["inference" | "forwarder" | "ui", "tls_cert" | "tls_key" | "tls_client_ca"]
  | ["forwarder", "tokens"]
  | ["grpc-url", "ca_file" | "client_cert" | "client_key"];

function checkFile(
  configured: Configured,
  around: Surroundings,
  key: FileKey,
  path: string | undefined,
): void {
  if (path !== undefined) checkIsFile(configured, around, configured.origin(key), path);
}

function addHalf(
  { problems, origin }: Configured,
  section: FileKey[0],
  given: string,
  wanted: string,
): void {
  problems.add({
    where: origin([section, given] as FileKey),
    subject: `[${section}]`,
    found: `${given} alone`,
    wanted,
  });
}
