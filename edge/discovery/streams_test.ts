import assert from "node:assert/strict";
import net from "node:net";
import { systemClock } from "../../core/clock.ts";
import type { ErrorCode } from "../../core/errors.ts";
import { isSmarteyeError } from "../../core/errors.ts";
import { type FakeServices, serving, soap } from "../../tests/fakes/onvif_device.ts";
import { streamsOf } from "./streams.ts";

const LOGIN = { account: "admin <&>", password: "p@ss ü\"'" };

/** Asks a camera that behaves so. */
async function asked(
  said: Partial<FakeServices> = {},
  { login = LOGIN, timeoutMs = 5000, signal = new AbortController().signal } = {},
) {
  await using camera = serving({
    account: "admin &#60;&#38;&#62;",
    password: LOGIN.password,
    ...said,
  });
  return await streamsOf(camera.url, { login, timeoutMs, signal }, systemClock);
}

Deno.test("a camera tells its streams to who proves that the password is known", async () => {
  const uris = ["rtsp://127.0.0.1:554/main?a=1&b=2", "rtsp://127.0.0.1/sub"];
  assert.deepEqual(await asked({ uris }), [
    { name: "Stream 0", encoding: "H264", size: "1920x1080", url: uris[0] },
    { name: "Stream 1", encoding: "H264", size: "1920x1080", url: uris[1] },
  ]);
});

Deno.test("the proof is of the camera's time, whatever its clock says", async () => {
  for (const aheadMs of [-3 * 365 * 86_400_000, 7_200_000]) {
    assert.equal((await asked({ aheadMs })).length, 1);
  }
});

Deno.test("the camera's own address is asked, whatever it says", async () => {
  await using camera = serving({ account: "a", password: "b" });
  const login = { account: "a", password: "b" };
  const signal = new AbortController().signal;
  await streamsOf(camera.url, { login, timeoutMs: 5000, signal }, systemClock);
  assert.deepEqual(camera.asked, [
    "/onvif/device_service GetSystemDateAndTime",
    "/onvif/device_service GetCapabilities",
    "/media GetProfiles",
    "/media GetStreamUri",
  ]);
});

const NEVER = () => new Promise<Response>(() => {});

const REFUSED: readonly [
  what: string,
  said: Partial<FakeServices>,
  code: ErrorCode,
  message: RegExp,
][] = [
  ["a wrong password", { password: "other" }, "failed_precondition", /refuses the account/],
  [
    "a status of 401",
    {
      instead: { GetProfiles: () => new Response("", { status: 401 }) },
    },
    "failed_precondition",
    /refuses the account/,
  ],
  [
    "a fault",
    {
      instead: {
        GetProfiles: () =>
          soap("<s:Fault><s:Reason><s:Text>no\nway</s:Text></s:Reason></s:Fault>", 500),
      },
    },
    "failed_precondition",
    /refuses: no way$/,
  ],
  [
    "garbage",
    {
      instead: { GetProfiles: () => new Response("garbage") },
    },
    "unavailable",
    /no SOAP/,
  ],
  [
    "too much",
    {
      instead: { GetProfiles: () => soap("x".repeat(1_100_000)) },
    },
    "unavailable",
    /more than 1000000 bytes/,
  ],
  [
    "an error",
    {
      instead: { GetSystemDateAndTime: () => new Response("", { status: 503 }) },
    },
    "unavailable",
    /status 503/,
  ],
  [
    "a redirection",
    {
      instead: { GetProfiles: (url) => Response.redirect(`${url}/elsewhere`) },
    },
    "unavailable",
    /status 302/,
  ],
  ["no streams", { uris: [] }, "failed_precondition", /no stream/],
  [
    "streams that are none",
    {
      uris: ["http://127.0.0.1/", "rtsp://", "file:///etc/passwd", "rtsp://ho st/"],
    },
    "failed_precondition",
    /no stream/,
  ],
];

for (const [what, said, code, message] of REFUSED) {
  Deno.test(`what a camera does not tell is said: ${what}`, async () => {
    await assert.rejects(asked(said), (error) => {
      assert.ok(isSmarteyeError(error, code), String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("a camera that never answers is given up in time", async () => {
  for (const what of ["GetSystemDateAndTime", "GetStreamUri"]) {
    await using camera = serving({ account: "a", password: "b", instead: { [what]: NEVER } });
    const login = { account: "a", password: "b" };
    const signal = new AbortController().signal;
    await assert.rejects(
      streamsOf(camera.url, { login, timeoutMs: 300, signal }, systemClock),
      (error) => isSmarteyeError(error, "deadline_exceeded"),
    );
  }
});

Deno.test({
  name: "a camera is asked over TLS with the permissions of the task",
  permissions: { net: true, env: true, read: true, sys: ["homedir", "networkInterfaces"] },
  fn: async () => {
    const server = net.createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    const about = { login: LOGIN, timeoutMs: 5000, signal: new AbortController().signal };
    await assert.rejects(
      streamsOf(`https://127.0.0.1:${port}/`, about, systemClock),
      ({ message }) => /^it cannot be asked: (?!Requires)/.test(message),
    );
    await new Promise((resolve) => server.close(resolve));
  },
});

Deno.test("an address from a stranger stays between its quotes", async () => {
  const uris = ["rtsp://me:secret@127.0.0.1/a'; rm -rf $(x) `y` \\ \u202e"];
  const [stream] = await asked({ uris });
  assert.match(stream!.url, /^rtsp:\/\/127\.0\.0\.1\/[!-~]*$/);
  assert.doesNotMatch(stream!.url, /['"`$\\\s]|secret/);
});
