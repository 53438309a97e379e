import assert from "node:assert/strict";
import { Authority } from "../../tests/fakes/certificates.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { readAuthorities } from "./authorities.ts";

Deno.test("a file may name several authorities, with text between them", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  const one = (await Deno.readTextFile(authority.path)).trim();
  const path = folder.write("both.pem", `our own:\n${one}\nand again:\r\n${one}\r\n`);
  assert.deepEqual(await readAuthorities(path), [one, one]);
});

Deno.test("a file without a certificate is refused, with what was found", async () => {
  await using folder = new Folder();
  const cases: [path: string, found: RegExp][] = [
    [folder.write("key.pem", "-----BEGIN PRIVATE KEY-----\n"), /there is no certificate in it/],
    [
      folder.write("torn.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
      /found .+, certificates in PEM are wanted \(\[flask-url\] ca_file\)$/,
    ],
    [folder.file("none.pem"), /No such file/i],
  ];
  for (const [path, found] of cases) {
    const message = await refused(readAuthorities(path), "invalid_argument");
    assert.match(message, /^Cannot trust the authorities of ".*\.pem": found /);
    assert.match(message, found);
  }
});
