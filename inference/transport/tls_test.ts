/** TLS, and tokens, as clients see them: real handshakes. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect } from "node:tls";
import { credentials, status } from "@grpc/grpc-js";
import { systemClock } from "../../core/clock.ts";
import { Authority, type Certified } from "../../tests/fakes/certificates.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { Serving } from "../../tests/fakes/serving.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { BearerToken } from "../../web/bearer_token.ts";

const LOCAL = "DNS:localhost,IP:127.0.0.1";

/** Runs with an authority, where there is `openssl`. */
async function certified(test: (authority: Authority, folder: Folder) => Promise<void>) {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (authority) await test(authority, folder);
}

function trusting(authority: Authority, own?: Certified) {
  const bytes = (text: string | undefined) => text === undefined ? null : Buffer.from(text);
  const roots = Deno.readFileSync(authority.path);
  return credentials.createSsl(Buffer.from(roots), bytes(own?.key), bytes(own?.cert));
}

/** The name of the certificate that a new connection is shown. */
function shown(port: number, authority: Authority): Promise<string> {
  return new Promise((resolve, reject) => {
    const ca = Deno.readTextFileSync(authority.path);
    const socket = connect({ host: "localhost", port, ca, ALPNProtocols: ["h2"] }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

Deno.test("over TLS a server is called by who trusts its authority", () =>
  certified(async (authority) => {
    await authority.certify("server", LOCAL, 2);
    await using serving = await Serving.open({ tls: authority.paths("server") });
    assert.deepEqual(await serving.client(trusting(authority)).infer(), ["car"]);
    assert.equal(await serving.client(credentials.createSsl()).status(), status.UNAVAILABLE);
    assert.equal(await serving.client().status(), status.UNAVAILABLE); // in the clear
  }));

Deno.test("where clients need a certificate, it has to be of the authority that is named", () =>
  certified(async (authority) => {
    await using elsewhere = new Folder();
    const other = await Authority.make(elsewhere.path);
    await authority.certify("server", LOCAL, 2);
    const known = await authority.certify("client", "DNS:client", 2);
    const unknown = await other!.certify("client", "DNS:client", 2);
    const tls = { ...authority.paths("server"), authorities: authority.path };
    await using serving = await Serving.open({ tls });
    const client = (own?: Certified) => serving.client(trusting(authority, own));
    assert.deepEqual(await client(known).infer(), ["car"]);
    assert.equal(await client().status(), status.UNAVAILABLE);
    assert.equal(await client(unknown).status(), status.UNAVAILABLE);
    assert.deepEqual(await client(known).infer(), ["car"]);
  }));

Deno.test("new files are used for new connections, and broken ones change nothing", () =>
  certified(async (authority, folder) => {
    const first = await authority.certify("first", LOCAL, 2);
    const second = await authority.certify("second", LOCAL, 2);
    const tls = { certificate: folder.file("used.pem"), key: folder.file("used.key") };
    const use = (cert: string, key: string) => {
      Deno.writeTextFileSync(tls.certificate, cert);
      Deno.writeTextFileSync(tls.key, key);
    };
    use(first.cert, first.key);
    const hasty = { ...systemClock, sleep: sooner };
    await using serving = await Serving.open({ tls, clock: hasty });
    const old = serving.client(trusting(authority));
    assert.deepEqual(await old.infer(), ["car"]);
    assert.equal(await shown(serving.port, authority), "first");

    use(second.cert, second.key);
    await until(async () => await shown(serving.port, authority) === "second");
    assert.deepEqual(await old.infer(), ["car"], "connections that stand, stand");
    for (const [cert, key] of [["", ""], [first.cert, second.key], ["junk", second.key]] as const) {
      use(cert, key);
      await systemClock.sleep(300);
      assert.equal(await shown(serving.port, authority), "second");
    }
    Deno.removeSync(tls.key);
    await systemClock.sleep(300);
    assert.equal(await shown(serving.port, authority), "second");
    use(first.cert, first.key);
    await until(async () => await shown(serving.port, authority) === "first");
    assert.deepEqual(await old.infer(), ["car"]);
  }));

Deno.test("files that are not usable are refused before anything is served", () =>
  certified(async (authority, folder) => {
    await authority.certify("server", LOCAL, 2);
    await authority.certify("other", LOCAL, 2);
    const { certificate, key } = authority.paths("server");
    const junk = folder.write("junk.pem", "junk");
    const cases: [tls: Record<string, string>, told: RegExp][] = [
      [{ certificate, key: folder.file("none") }, /private key .*none: there is no such file$/],
      [{ certificate, key: folder.path }, /private key .*: .*directory/i],
      [{ certificate, key: authority.paths("other").key }, /it is not that of .*server\.pem$/],
      [{ certificate, key: junk }, /it holds no private key in PEM$/],
      [{ certificate: junk, key }, /the certificate .*junk\.pem: it holds no certificate in PEM$/],
      [{ certificate, key, authorities: junk }, /authorities .*junk\.pem: it holds no certificate/],
      [{ certificate }, /found a certificate without its key, both are wanted$/],
    ];
    for (const [tls, told] of cases) {
      assert.match(await refused(Serving.listen({ tls }), "invalid_argument"), told);
    }
  }));

Deno.test("a client that does not shake hands is let go of, and others are served", () =>
  certified(async (authority) => {
    await authority.certify("server", LOCAL, 2);
    const tls = authority.paths("server");
    await using serving = await Serving.open({ tls, patience: { handshakeMs: 300 } });
    for (const bytes of ["", "\x16\x03\x01", "GET / HTTP/1.1\r\n\r\n"]) {
      const socket = await Deno.connect({ hostname: "127.0.0.1", port: serving.port });
      await socket.write(new TextEncoder().encode(bytes));
      const buffer = new Uint8Array(100);
      // An alert may come, and then the end or a reset.
      while (await socket.read(buffer).catch(() => null) !== null);
      socket.close();
    }
    assert.deepEqual(await serving.client(trusting(authority)).infer(), ["car"]);
  }));

Deno.test("where there is a token, callers must know it; health is told to all", async () => {
  await using serving = await Serving.open({ token: "s3cret" });
  assert.deepEqual(await serving.client(undefined, "s3cret").infer(), ["car"]);
  for (const token of [undefined, "s3cre", "s3crets", "S3CRET", "", "s3cret s3cret"]) {
    const told = await serving.client(undefined, token).status();
    assert.equal(told, status.UNAUTHENTICATED, `${token}`);
  }
  assert.equal(await serving.health(), "SERVING");
});

Deno.test("a token is known by its bytes, whatever stands around it", () => {
  const token = new BearerToken("abc");
  for (const value of ["Bearer abc", "bearer abc", "Bearer   abc "]) assert.ok(token.admits(value));
  for (const value of ["", "abc", "Bearer", "Bearer abcd", "Basic abc", "Bearer abc abc"]) {
    assert.ok(!token.admits(value), value);
  }
  assert.ok(!token.admits(undefined));
  assert.ok(!token.admits(null));
});

/** Waits a fiftieth of the time. */
function sooner(ms: number, signal?: AbortSignal): Promise<void> {
  return systemClock.sleep(ms / 50, signal);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let n = 0; !await isSo(); n++) {
    assert.ok(n < 100, "it is not so");
    await systemClock.sleep(50);
  }
}
