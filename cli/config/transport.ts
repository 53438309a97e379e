/** How the forwarder and inference servers reach each other: TLS, and the token. */

import type { TlsFiles } from "../../core/tls_files.ts";
import type { ForwarderOptions } from "../../forwarder/options.ts";
import type { ServeOptions } from "../../inference/options.ts";
import type { Configured } from "./configure.ts";
import { checkIsFile } from "./paths.ts";
import type { Surroundings } from "./surroundings.ts";
import { checkCallersToken, checkServerToken } from "./token.ts";

/** How an inference server is called. Adds to the problems what is wrong with that. */
export function resolveCallers(
  configured: Configured,
  around: Surroundings,
): Pick<ServeOptions, "tls" | "token"> {
  const { tls_cert, tls_key, tls_client_ca, token } = configured.settings.inference;
  const isSecure = tls_cert !== undefined || tls_key !== undefined || tls_client_ca !== undefined;
  if (!isSecure) checkCallersToken(configured);
  else if (tls_cert === undefined || tls_key === undefined) {
    const given = tls_cert !== undefined
      ? "tls_cert"
      : tls_key !== undefined
      ? "tls_key"
      : "tls_client_ca";
    addHalf(configured, "inference", given, "tls_cert and tls_key, both");
  }
  for (const key of ["tls_cert", "tls_key", "tls_client_ca"] as const) {
    checkFile(configured, around, ["inference", key], configured.settings.inference[key]);
  }
  return {
    ...(isSecure ? { tls: filesOf(tls_cert, tls_key, tls_client_ca) } : {}),
    ...(token === undefined ? {} : { token }),
  };
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
  | ["inference", "tls_cert" | "tls_key" | "tls_client_ca"]
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
