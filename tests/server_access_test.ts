/** The forwarder's way to inference servers: TLS, a certificate of its own, and the token. */

import assert from "node:assert/strict";
import { resolveForward, resolveServe } from "../cli/config/resolve.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import type { Backend } from "../forwarder/backend.ts";
import { connectSmarteye } from "../forwarder/backends/smarteye.ts";
import { ServerAccess } from "../forwarder/server_access.ts";
import { Authority } from "./fakes/certificates.ts";
import { AROUND, configured } from "./fakes/configured.ts";
import { Folder } from "./fakes/folder.ts";
import { Serving } from "./fakes/serving.ts";

const LOCAL = "DNS:localhost,IP:127.0.0.1";

/** Looks at files fifty times as often. */
const HASTY: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms / 50, signal),
};

/** What a look at the server comes to: its version, or why there is none. */
async function look(backend: Backend): Promise<string> {
  const { signal } = new AbortController();
  try {
    return (await backend.status({ deadlineMs: 3000, signal })).version;
  } catch (error) {
    assert.ok(error instanceof SmarteyeError);
    return `${error.code}: ${error.message}`;
  }
}

async function looked(port: number, access: ServerAccess): Promise<string> {
  const backend = connectSmarteye(`localhost:${port}`, 1_000_000, access);
  try {
    return await look(backend);
  } finally {
    backend.close();
    access.close();
  }
}

Deno.test("a server over TLS that wants a certificate and a token is reached with both", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  await authority.certify("server", LOCAL, 2);
  await authority.certify("forwarder", "DNS:forwarder", 2);
  const authorities = authority.path;
  const tls = { ...authority.paths("server"), authorities };
  await using serving = await Serving.open({ tls, token: "s3cret" });
  const clock = systemClock;
  const mine = { ...authority.paths("forwarder"), authorities };
  const by = async (files: Parameters<typeof ServerAccess.open>[0]["files"], token?: string) =>
    await looked(serving.port, await ServerAccess.open({ files, token, clock }));
  assert.match(await by(mine, "s3cret"), /^\d+\.\d+/);
  assert.match(
    await by(mine, "wrong"),
    /^unavailable: Cannot use localhost:\d+: it does not take the forwarder's token \(\[grpc-url\] token\)$/,
  );
  assert.match(await by(mine), /^unavailable: .*token/);
  assert.match(await by({ authorities }, "s3cret"), /^(unavailable|deadline_exceeded): /);
  assert.match(await by({}, "s3cret"), /^(unavailable|deadline_exceeded): /);
  assert.match(await by(undefined, "s3cret"), /^(unavailable|deadline_exceeded): /);
});

Deno.test("new files are used for the next calls, and calls under way end on the old channel", async () => {
  await using folder = new Folder();
  await using elsewhere = new Folder();
  const authority = await Authority.make(folder.path);
  const other = await Authority.make(elsewhere.path);
  if (!authority || !other) return;
  await authority.certify("server", LOCAL, 2);
  await using serving = await Serving.open({ tls: authority.paths("server") });
  const authorities = folder.file("used.pem");
  Deno.copyFileSync(other.path, authorities);
  const access = await ServerAccess.open({
    files: { authorities },
    token: undefined,
    clock: HASTY,
  });
  const backend = connectSmarteye(`localhost:${serving.port}`, 1_000_000, access);
  try {
    assert.match(await look(backend), /^(unavailable|deadline_exceeded): /);
    Deno.copyFileSync(authority.path, authorities);
    for (let n = 0; !/^\d/.test(await look(backend)); n++) {
      assert.ok(n < 50, "the new authority is not trusted");
      await systemClock.sleep(100);
    }
    const underWay = look(backend);
    Deno.copyFileSync(other.path, authorities);
    await systemClock.sleep(300);
    assert.match(await underWay, /^\d/);
    assert.match(await look(backend), /^(unavailable|deadline_exceeded): /);
  } finally {
    backend.close();
    access.close();
  }
});

Deno.test("files of TLS come in pairs and have to be there; a token is not sent in the clear", () => {
  const file = "deno.json";
  const far = "listen=0.0.0.0:50051\n";
  const serve: [text: string, told: RegExp | undefined][] = [
    [`tls_cert=${file}\ntls_key=${file}\ntoken=abc\n${far}`, undefined],
    ["token=abc\n", undefined],
    [`tls_cert=${file}\n`, /:2: \[inference\]: found tls_cert alone, wanted tls_cert and tls_key/],
    [`tls_client_ca=${file}\n`, /:2: \[inference\]: found tls_client_ca alone/],
    [`tls_cert=none.pem\ntls_key=${file}\n`, /:2: found no file "none\.pem", wanted a file/],
    [
      `${far}token=abc\n`,
      /listen: found "0\.0\.0\.0:50051", to which callers would send the token/,
    ],
    [`${far}token=abc\nallow_plain_token=yes\n`, undefined],
  ];
  for (const [text, told] of serve) {
    const all = configured(`[inference]\n${text}`);
    resolveServe(all, AROUND);
    assert.match(all.problems.lines().join("\n"), told ?? /^$/, text);
  }
  const forward: [text: string, told: RegExp | undefined][] = [
    ["token=abc\n", undefined],
    ["url0=10.0.0.7:1\ntls=true\ntoken=abc\n", undefined],
    ["url0=10.0.0.7:1\ntoken=abc\nallow_plain_token=true\n", undefined],
    [
      "url0=[::1]:1\nurl1=10.0.0.7:1\ntoken=abc\n",
      /url: found "10\.0\.0\.7:1", to which the token/,
    ],
    [`client_cert=${file}\n`, /found client_cert alone, wanted client_cert and client_key/],
    ["ca_file=none.pem\n", /found no file "none\.pem"/],
  ];
  for (const [text, told] of forward) {
    const all = configured(`[grpc-url]\n${text}`);
    resolveForward(all, AROUND);
    assert.match(all.problems.lines().join("\n"), told ?? /^$/, text);
  }
  const all = configured(`[grpc-url]\nca_file=${file}\ntoken=abc\n`);
  const { serverTls, serverToken } = resolveForward(all, AROUND);
  assert.deepEqual([serverTls, serverToken], [{ authorities: file }, "abc"]);
});
