import assert from "node:assert/strict";
import { redact, redactWhole } from "./redact.ts";
import { seededRng } from "./rng.ts";

const HIDDEN: readonly [text: string, wanted: string][] = [
  ["rtsp://admin:secret@10.0.0.1/cam", "rtsp://admin:***@10.0.0.1/cam"],
  ["RTSP://admin:secret@10.0.0.1/cam", "RTSP://admin:***@10.0.0.1/cam"],
  ["rtsp://me@corp.com:secret@host/x", "rtsp://me@corp.com:***@host/x"],
  ["rtsp://u[1]:secret@host/x", "rtsp://u[1]:***@host/x"],
  ["rtsp://:secret@host/", "rtsp://:***@host/"],
  ["rtsp://admin:p@ss:w@rd@host/", "rtsp://admin:***@host/"],
  ["rtsp://admin:p@ss:w/rd#1@host/", "rtsp://admin:***@host/"],
  ["rtsp://admin:pa/ss@host/cam", "rtsp://admin:***@host/cam"],
  ["rtsp://admin:?x=1&y@host/cam", "rtsp://admin:***@host/cam"],
  ["rtsp://admin:a\\b'c\"d@host/cam", "rtsp://admin:***@host/cam"],
  ["rtsp://admin:secret@[fe80::1%eth0]:554/cam", "rtsp://admin:***@[fe80::1%eth0]:554/cam"],
  ["rtsp://admin:secret@[::1]/a@b", "rtsp://admin:***@[::1]/a@b"],
  ["rtsp://admin:p/w@192.0.2.1:554/live@v2", "rtsp://admin:***@192.0.2.1:554/live@v2"],
  ["rtsp://admin:12/34@host/", "rtsp://admin:***@host/"],
  ["rtsp://admin:554/x@192.0.2.1", "rtsp://admin:***@192.0.2.1"],
  ["rtsp://admin:99999/x@b", "rtsp://admin:***@b"],
  // More than is secret, where what is secret cannot be told.
  ["rtsp://admin:1234@host/?mail=me@home", "rtsp://admin:***@home"],
  ["https://u:a%40b@host:8443/x?y=1", "https://u:***@host:8443/x?y=1"],
  ["rtsp://admin:my pass@host/", "rtsp://admin:***@host/"],
  ["http://host/cgi?usr=me&pswd=secret", "http://host/cgi?usr=me&pswd=***"],
  ["rtsp:/admin:secret@host/", "rtsp:/admin:***@host/"],
  ["rtsp:\\\\admin:secret@host/", "rtsp:\\\\admin:***@host/"],
  ["rtsp:///admin:secret@host/", "rtsp:///admin:***@host/"],
  [
    "cannot open rtsp://a:b@one/ nor rtsp://c:d@two/",
    "cannot open rtsp://a:***@one/ nor rtsp://c:***@two/",
  ],
  ["rtsp://a:b@one/,rtsp://c:d@two/", "rtsp://a:***@one/,rtsp://c:***@two/"],
  [`{"url":"rtsp://a:b@one/x"}`, `{"url":"rtsp://a:***@one/x"}`],
  [
    `{"url":"rtsp://a:b@one/x","mail":"me@x.org","other":"http://c:d@two"}`,
    `{"url":"rtsp://a:***@one/x","mail":"me@x.org","other":"http://c:***@two"}`,
  ],
  [`{"url":"rtsp://a:x\\"y@one/x","n":1}`, `{"url":"rtsp://a:***@one/x","n":1}`],
  [
    `"{\\"url\\":\\"rtsp://a:b@one/x\\",\\"mail\\":\\"me@x.org\\"}"`,
    `"{\\"url\\":\\"rtsp://a:***@one/x\\",\\"mail\\":\\"me@x.org\\"}"`,
  ],
  [
    `Cannot read "rtsp://a:b@one/x": it is 'me@x.org'`,
    `Cannot read "rtsp://a:***@one/x": it is 'me@x.org'`,
  ],
  ["http://proxy/?url=rtsp://a:b@one/x", "http://proxy/?url=rtsp://a:***@one/x"],
  [
    "http://proxy/?url=rtsp%3A%2F%2Fadmin%3Asec%40ret%40one%2Fx&y=1",
    "http://proxy/?url=rtsp%3A%2F%2Fadmin%3A***%40one%2Fx&y=1",
  ],
  // Parameters.
  ["http://host/cam?user=me&pwd=secret&x=1", "http://host/cam?user=me&pwd=***&x=1"],
  ["http://host/cam?PWD=se%26cr%20et", "http://host/cam?PWD=***"],
  ["http://host/cam?usr=me&passwd=a#b", "http://host/cam?usr=me&passwd=***"],
  [
    "http://host/videostream.cgi?loginuse=me&loginpas=secret",
    "http://host/videostream.cgi?loginuse=me&loginpas=***",
  ],
  ["GET /cam?token=abc&access_token=def HTTP/1.1", "GET /cam?token=***&access_token=*** HTTP/1.1"],
  [
    "http://h/?api_key=a&apikey=b&key=c&secret=d",
    "http://h/?api_key=***&apikey=***&key=***&secret=***",
  ],
  ["http://h/?sig=a;signature=b;auth=c", "http://h/?sig=***;signature=***;auth=***"],
  ["https://h/a?X-Amz-Signature=0af&X-Amz-Date=1", "https://h/a?X-Amz-Signature=***&X-Amz-Date=1"],
  [`{"url":"http://h/?psw=a'b","n":1}`, `{"url":"http://h/?psw=***","n":1}`],
  ["http://h/?next=%2Fa%3Fpwd%3Dsecret%26x%3D1&y=2", "http://h/?next=%2Fa%3Fpwd%3D***%26x%3D1&y=2"],
  [
    "rtsp://h:554/user=admin_password=tlJw_channel=1_stream=0.sdp",
    "rtsp://h:554/user=admin_password=***_channel=1_stream=0.sdp",
  ],
  ["rtsp://a:b@h/?pwd=secret", "rtsp://a:***@h/?pwd=***"],
  // Headers.
  ["Authorization: Bearer xyz was refused", "Authorization: Bearer *** was refused"],
  ["authorization: basic YTpi", "authorization: basic ***"],
  [`{"Authorization":"Bearer xyz","n":1}`, `{"Authorization":"Bearer ***","n":1}`],
  [`Authorization: Digest username="a", response="secret"`, "Authorization: ***"],
  ["Proxy-Authorization: Basic YTpi\r\nHost: h", "Proxy-Authorization: Basic ***\r\nHost: h"],
  ["X-Api-Key: xyz", "X-Api-Key: ***"],
  ["sent Bearer xyz to it", "sent Bearer *** to it"],
  ["sent Basic YWRtaW46c2VjcmV0 to it", "sent Basic *** to it"],
];

for (const [text, wanted] of HIDDEN) {
  Deno.test(`no password gets through: ${wanted}`, () => {
    assert.equal(redact(text), wanted);
    assert.equal(redact(wanted), wanted, "and what was hidden stays so");
  });
}

Deno.test("where a text is one address, its password may hold spaces anywhere", () => {
  const passwords = [" secret", "1234 56", "12/34 56", "a@b c", "/: #x", 'a" b', "a b\tc "];
  for (const password of passwords) {
    const shown = redactWhole(`rtsp://me:${password}@cam/1?pwd=x`);
    assert.equal(shown, "rtsp://me:***@cam/1?pwd=***");
    assert.equal(redact(shown), shown, "it may be shown again");
  }
  const others = [
    ...["rtsp://me:PASSWORD@cam/1", "rtsp://cam:554/a b@c", "/data/a b@c.mp4", "0", "http://cam/"],
  ];
  for (const text of others) assert.equal(redactWhole(text), text);
});

Deno.test("what holds no password stays as it is", () => {
  for (
    const text of [
      "http://host:5000/image_handler",
      "http://host:8080/a@b",
      "http://host:5000/user@home",
      "http://192.0.2.1:8080/a@b.org/c",
      "http://cam.example.org:8080/@fs/x",
      "http://[::1]:5000/user@home",
      "rtsp://[fe80::1%eth0]:554/a@b",
      "rtsp://admin@host/cam",
      "rtsp://admin@192.0.2.1:554/live@v2",
      "rtsp://admin@[::1]:554/live@v2",
      "rtsp://host/path@v2",
      "rtsp://host:554/path@v2",
      "rtsp://host/a:b@v2",
      "rtsp://USER:PASSWORD@host:554/path",
      "http://[HOST:]PORT/metrics of me@example.org",
      "/home/me/a:b@c.mp4",
      "C:\\videos\\a:b@c.mp4",
      "c://videos/a:b@c.mp4",
      "me@example.org",
      "user@example.com: 12:30:01 frames@edge",
      "http://host/?user=me&usr=you&monkey=1&tokens=3&keys=a",
      "the basic models, basic settings: Basic usage",
      "password=*** is hidden, key=value stays",
      `{"key":"value","token":1}`,
      "rtsp://host/ and rtsp://other:554/ by me@example.org",
    ]
  ) assert.equal(redact(text), text);
});

Deno.test("no piece of any password is shown", () => {
  const rng = seededRng(7);
  const below = (n: number) => Math.floor(rng() * n);
  const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  // Those that mean something in URLs, JSON or shells come more often.
  const alphabet = [...printable, ...Array(6).fill([..."@:/?#&%\"'\\[],;="]).flat()];
  const around: readonly ((url: string) => string)[] = [
    (url) => url,
    (url) => `cannot open ${url} nor http://host/x`,
    (url) => `${url} and ${url}, said me@example.org`,
    (url) => JSON.stringify({ a: 1, url, b: "x y" }),
    (url) => `Cannot read "${url}" now`,
  ];
  for (let i = 0; i < 20_000; i++) {
    const length = 3 + below(20);
    const password = Array.from({ length }, () => alphabet[below(alphabet.length)]).join("");
    const host = ["host", "192.0.2.1:554", "[::1]", "cam.example.org:80"][below(4)]!;
    const before = `rtsp://admin:`;
    const after = `@${host}/${["", "cam/1?x=2"][below(2)]}`;
    // Between quotes that it holds itself, unescaped, nothing tells where it ends.
    const say = around[below(around.length - (password.includes('"') ? 1 : 0))]!;
    const shown = redact(say(before + password + after));
    const innocent = say(`${before}***${after}`);
    const written = JSON.stringify(password).slice(1, -1);
    for (const secret of [password, written]) {
      for (let at = 0; at + 3 <= secret.length; at++) {
        const piece = secret.slice(at, at + 3);
        if (innocent.includes(piece)) continue;
        assert.ok(!shown.includes(piece), `${JSON.stringify(piece)} of ${password} is in ${shown}`);
      }
    }
  }
});

Deno.test("any text is read once, not once a letter", () => {
  const hostile = [
    ...[
      "a",
      "a://",
      "a://b:c ",
      "a://b:",
      "://",
      "@",
      ":@",
      "rtsp://a:b@",
      '"',
      '\\"',
      "%3a%2f%2f",
    ],
    ...["a%3a%2f%2fb%3a", "?pwd=", "&key", "?key=_a", "?a_a_a.", "authorization: ", "bearer "],
    ...[
      "a://b:c@1.2.3.4",
      "a://b:1/",
      "a://b.c@d:",
      '"a://b",',
      ",rtsp:/",
      "a://b:x @",
      "basic aaaa ",
    ],
    ...["a://a.a.a.", "rtsp:/", "authorization: digest ", "_password=_a", "a://b:@[", "?a-"],
  ];
  for (const piece of hostile) {
    const text = piece.repeat(Math.ceil(200_000 / piece.length));
    const beganAtMs = performance.now();
    redact(text);
    redact(`a://b:${text}`);
    redact(`"a://b:${text}@c/"`);
    const tookMs = performance.now() - beganAtMs;
    assert.ok(tookMs < 3000, `${JSON.stringify(piece)} took ${tookMs} ms`);
  }
});
