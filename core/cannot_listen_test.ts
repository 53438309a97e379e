import assert from "node:assert/strict";
import { cannotListen } from "./address.ts";

Deno.test("why a server cannot listen is said the same way for every server", () => {
  const address = { host: "::1", port: 5000 };
  const cases = [
    ["listen EADDRINUSE: address already in use ::1:5000", "already_in_use", /the port is in use/],
    ["Address already in use (os error 98)", "already_in_use", /the port is in use/],
    ["Permission denied (os error 13)", "invalid_argument", /reserved for the system/],
    ["listen EINVAL: invalid argument", "invalid_argument", /no such address/],
    ["Cannot assign requested address (os error 99)", "invalid_argument", /no such address/],
    ["failed to lookup address information", "invalid_argument", /failed to lookup/],
  ] as const;
  for (const [said, code, message] of cases) {
    const error = cannotListen(address, new Error(said));
    assert.equal(error.code, code, said);
    assert.match(error.message, message);
    assert.match(
      error.message,
      /^Cannot listen on \[::1\]:5000: .* is wanted \(--listen HOST:PORT\)$/,
    );
  }
});
