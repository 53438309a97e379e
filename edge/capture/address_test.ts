import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { isSmarteyeError } from "../../core/errors.ts";
import { redact } from "../../core/redact.ts";
import { type Address, parseAddress } from "./address.ts";

const TAKEN: readonly [
  name: string,
  wanted: { readonly [K in keyof Address]?: Address[K] | undefined },
][] = [
  ["rtsp://host", { scheme: "rtsp", host: "host", rest: "", url: "rtsp://host" }],
  ["RTSPS://Host:322/a?b#c", { scheme: "rtsps", host: "Host", port: 322, rest: "/a?b#c" }],
  ["rtsp://admin:secret@host/1", {
    user: "admin",
    password: "secret",
    host: "host",
    rest: "/1",
    url: "rtsp://admin:secret@host/1",
    description: "rtsp://admin:***@host/1",
  }],
  ["rtsp://admin:p@ss:w/rd#1@host:554/", {
    user: "admin",
    password: "p@ss:w/rd#1",
    port: 554,
    rest: "/",
    url: "rtsp://admin:p%40ss%3Aw%2Frd%231@host:554/",
    description: "rtsp://admin:***@host:554/",
  }],
  ["rtsp://admin:p%40ss@host/", { password: "p@ss", url: "rtsp://admin:p%40ss@host/" }],
  ["rtsp://admin:p%2@host/", { password: "p%2", url: "rtsp://admin:p%252@host/" }],
  ["rtsp://admin:100%@host/", { password: "100%", url: "rtsp://admin:100%25@host/" }],
  ["rtsp://admin:%E4@host/", { password: "ä", url: "rtsp://admin:%E4@host/" }],
  ["rtsp://admin:ä b@host/", { password: "ä b", url: "rtsp://admin:%C3%A4%20b@host/" }],
  ["rtsp://me@corp.com:x@host/", { user: "me@corp.com", url: "rtsp://me%40corp.com:x@host/" }],
  // Without a colon, FFmpeg would send no name at all.
  ["rtsp://admin@host/", { user: "admin", password: undefined, url: "rtsp://admin:@host/" }],
  ["rtsp://admin:@host/", { user: "admin", password: "", url: "rtsp://admin:@host/" }],
  ["rtsp://:key@host/", { user: undefined, password: "key", url: "rtsp://:key@host/" }],
  ["udp://@239.0.0.1:1234", { user: undefined, host: "239.0.0.1", url: "udp://@239.0.0.1:1234" }],
  ["rtsp://a:b@192.0.2.1/live@v2", { password: "b", host: "192.0.2.1", rest: "/live@v2" }],
  ["rtsp://a:b/c@192.0.2.1/live@v2", { password: "b/c", host: "192.0.2.1", rest: "/live@v2" }],
  ["rtsp://a:b@[fe80::1%eth0]:8554/x", {
    host: "fe80::1%eth0",
    port: 8554,
    url: "rtsp://a:b@[fe80::1%eth0]:8554/x",
  }],
  ["http://[::1]:8080/a@b", { host: "::1", port: 8080, user: undefined, rest: "/a@b" }],
  ["http://host:8080/a@b", { host: "host", port: 8080, user: undefined, rest: "/a@b" }],
  ["rtsp://host/path@v2", { host: "host", user: undefined, rest: "/path@v2" }],
  ["http://bücher.example/my video.mp4", {
    host: "bücher.example",
    rest: "/my video.mp4",
    url: "http://bücher.example/my%20video.mp4",
  }],
  ["http://h/cam?user=me&pwd=secret", {
    url: "http://h/cam?user=me&pwd=secret",
    description: "http://h/cam?user=me&pwd=***",
  }],
];

for (const [name, wanted] of TAKEN) {
  Deno.test(`taken apart: ${name}`, () => {
    const address = parseAddress(name);
    for (const [key, value] of Object.entries(wanted)) {
      assert.equal(address[key as keyof Address], value, key);
    }
    assert.equal(redact(address.description), address.description, "it is shown as it stands");
  });
}

const REFUSED: readonly [name: string, found: RegExp][] = [
  ["host/path", /no scheme/],
  ["rtsp://", /no host/],
  ["rtsp:///path", /no host/],
  ["rtsp://admin:secret@", /no host/],
  ["rtsp://admin:secret@/path", /no host/],
  ["rtsp://:554/path", /no host/],
  ["rtsp://ho st/secret", /a space in its host/],
  ["rtsp://admin:secret@ho st/", /a space in its host/],
  ["rtsp://host:0/", /port 0/],
  ["rtsp://host:70000/", /port 70000/],
  ["rtsp://host:abc/", /is none/],
  ["rtsp://::1/", /no host.*IPv6 in brackets/],
  ["rtsp://[::1/", /is none/],
  ['rtsp://ho"st/', /is none/],
  ["rtsp://admin:secret@host/path@v2", /two ways.*%40/],
  ["rtsp://admin:p@ss.w/secret@host/", /two ways/],
  ["rtsp://admin:12/secret@host/", /two ways/],
  ["https://u:secret@host/?mail=me@home", /two ways/],
  ["rtsp://admin:secret%0d%0aX@host/", /control character/],
  ["rtsp://a%3Ab:secret@host/", /a colon in its user/],
  [`rtsp://admin:secret${"x".repeat(116)}@host/`, /take 128 bytes.*127/],
  [`http://admin:secret${"x".repeat(2000)}@host/`, /1023/],
];

for (const [name, found] of REFUSED) {
  Deno.test(`refused: ${name.slice(0, 60)}`, () => {
    assert.throws(() => parseAddress(name), (error) => {
      assert.ok(isSmarteyeError(error, "invalid_argument"));
      assert.match(error.message, found);
      if (name.includes("secret@") || name.includes(":secret")) {
        assert.ok(!error.message.includes("secret"), error.message);
      }
      return true;
    });
  });
}

Deno.test("what is typed as a password arrives, and is never described", () => {
  const rng = seededRng(11);
  let taken = 0;
  for (let i = 0; i < 20_000; i++) {
    const length = 3 + Math.floor(rng() * 12);
    const codes = Array.from({ length }, () => 33 + Math.floor(rng() * 94));
    const password = String.fromCharCode(...codes);
    let address: Address;
    try {
      address = parseAddress(`rtsp://admin:${password}@camera.example/1`);
    } catch (error) {
      assert.ok(isSmarteyeError(error, "invalid_argument"));
      continue; // it can be read in two ways
    }
    taken++;
    const isEncoded = !/%(?![\da-f]{2})/i.test(password) && password.includes("%");
    if (!isEncoded) assert.equal(address.password, password);
    assert.equal(address.host, "camera.example");
    assert.equal(address.description, "rtsp://admin:***@camera.example/1");
    const [, sent] = /^rtsp:\/\/admin:([^@:/?#]*)@camera\.example\/1$/.exec(address.url) ?? [];
    if (!isEncoded) assert.equal(decodeURIComponent(sent!), password);
  }
  assert.ok(taken > 19_000, `${taken} were taken`);
});
