import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hidePassword, parseRedisUrl } from "../../src/transport/redis/url.js";

describe("a Redis URL", () => {
  for (const [url, expected] of /** @type {Array<[string, object]>} */ ([
    ["redis://", { host: "127.0.0.1", port: 6379, db: 0 }],
    ["redis://cache", { host: "cache", port: 6379, db: 0 }],
    ["redis://cache:7000/3", { host: "cache", port: 7000, db: 3 }],
    ["redis://[::1]:7000/", { host: "::1", port: 7000, db: 0 }],
    ["redis://:secret@cache", { host: "cache", port: 6379, db: 0, password: "secret" }],
    ["redis://me:p%40ss%2Fword@cache/1", { host: "cache", port: 6379, db: 1, username: "me", password: "p@ss/word" }],
    ["redis://cache?virtual_host=4", { host: "cache", port: 6379, db: 4 }],
    ["redis+socket:///run/valkey.sock?virtual_host=2", { path: "/run/valkey.sock", db: 2 }],
    ["redis+socket:///run/valkey.sock", { path: "/run/valkey.sock", db: 0 }],
    ["rediss://cache/1", { host: "cache", port: 6379, db: 1, tls: {} }],
    [
      "rediss://cache?ssl_cert_reqs=CERT_REQUIRED",
      { host: "cache", port: 6379, db: 0, tls: { rejectUnauthorized: true } },
    ],
    ["rediss://cache?ssl_cert_reqs=none", { host: "cache", port: 6379, db: 0, tls: { rejectUnauthorized: false } }],
  ])) {
    it(`${url} is read as Celery reads it`, () => {
      const { display: _, ...address } = parseRedisUrl(url);
      assert.deepEqual(address, expected);
    });
  }

  for (const [url, message] of /** @type {Array<[string, RegExp]>} */ ([
    ["localhost:6379", /brokerUrl='localhost:6379': unknown scheme 'localhost'; expected redis:\/\/, rediss:\/\//],
    ["amqp://guest:guest@rabbit", /unknown scheme 'amqp'/],
    ["not a url", /not a URL/],
    ["redis://cache/jobs", /the database is a number, not 'jobs'/],
    ["rediss://cache?ssl_cert_reqs=maybe", /expected CERT_REQUIRED, CERT_OPTIONAL or CERT_NONE/],
    ["rediss://cache?ssl_ca_certs=/no/such.pem", /ssl_ca_certs='\/no\/such.pem': ENOENT/],
  ])) {
    it(`${url} is refused in one line that says why`, () => {
      assert.throws(
        () => parseRedisUrl(url),
        (/** @type {Error} */ error) => {
          assert.equal(error.name, "ImproperlyConfigured");
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /\n/);
          return true;
        },
      );
    });
  }

  it("never shows its password", () => {
    for (const url of ["redis://:secret@cache/0", "redis://me:se:cr@et@cache/0", "amqp://me:secret@rabbit"]) {
      assert.doesNotMatch(hidePassword(url), /secret|cr@et/);
      assert.match(hidePassword(url), /:\*\*@/);
    }
  });
});
