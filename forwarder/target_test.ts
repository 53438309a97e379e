import assert from "node:assert/strict";
import { parseTarget, targetAddress } from "./target.ts";

Deno.test("a target tells where servers are and what they speak", () => {
  const cases: [text: string, ...wanted: unknown[]][] = [
    ["127.0.0.1:50051", "smarteye", "127.0.0.1", 50051, false],
    ["[::1]:1", "smarteye", "::1", 1, false],
    [
      "dns:///smarteye-serve.cameras.svc:50051",
      "smarteye",
      "smarteye-serve.cameras.svc",
      50051,
      true,
    ],
    ["dns:///_grpc._tcp.serve.lan", "smarteye", "_grpc._tcp.serve.lan", undefined, true],
    ["oip://triton:8001", "open_inference", "triton", 8001, false],
    ["msgtransfer://[fe80::1]:50051", "msg_transfer", "fe80::1", 50051, false],
  ];
  for (const [text, protocol, host, port, isDiscovered] of cases) {
    const target = parseTarget(text);
    assert.deepEqual(target, { protocol, host, port, isDiscovered });
    assert.equal(targetAddress(target!), text.replace(/^[a-z]+:\/\/\/?/, ""));
  }
});

Deno.test("what is no target is none", () => {
  const wrong = [
    "",
    "host",
    "host:",
    "host:0",
    "host:65536",
    "host:1:2",
    "http://host:1",
    "dns://x:1",
  ];
  for (const text of [...wrong, "oip://host", "dns:///name", "-a:1", "oip://a b:1", "a:1/x"]) {
    assert.equal(parseTarget(text), undefined, text);
  }
});
