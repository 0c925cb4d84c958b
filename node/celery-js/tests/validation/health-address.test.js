/** Where health checks are answered, as a user writes it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHealthAddress, showHealthAddress } from "../../src/validation/health-address.js";

for (const [given, address, shown] of /** @type {const} */ ([
  [8080, { host: "127.0.0.1", port: 8080 }, "http://127.0.0.1:8080"],
  ["8080", { host: "127.0.0.1", port: 8080 }, "http://127.0.0.1:8080"],
  ["0.0.0.0:80", { host: "0.0.0.0", port: 80 }, "http://0.0.0.0:80"],
  ["[::]:80", { host: "::", port: 80 }, "http://[::]:80"],
  ["/tmp/health.sock", { path: "/tmp/health.sock" }, "unix:/tmp/health.sock"],
])) {
  test(`${JSON.stringify(given)} is ${shown}`, () => {
    assert.deepEqual(parseHealthAddress(given), address);
    assert.equal(showHealthAddress(address), shown);
  });
}

for (const given of ["", "health.sock", "65536", 65_536, -1, 1.5, "host:", "a b:80", "::80", true, {}, null]) {
  test(`${JSON.stringify(given)} is not an address`, () => assert.equal(parseHealthAddress(given), null));
}
