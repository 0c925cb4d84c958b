import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parsePostgresUrl } from "../../src/backend/postgres/url.js";
import { parseAmqpUrls } from "../../src/transport/amqp/url.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { hidePassword } from "../../src/transport/transport.js";

describe("a Redis URL", () => {
  for (const [url, expected] of /** @type {Array<[string, object]>} */ ([
    ["redis://", { host: "127.0.0.1", port: 6379, db: 0 }],
    ["redis://cache", { host: "cache", port: 6379, db: 0 }],
    ["redis://cache:7000/3", { host: "cache", port: 7000, db: 3 }],
    ["redis://[::1]:7000/", { host: "::1", port: 7000, db: 0 }],
    ["redis://:secret@cache", { host: "cache", port: 6379, db: 0, password: "secret" }],
    ["redis://:100%sure@cache/0", { host: "cache", port: 6379, db: 0, password: "100%sure" }],
    ["redis://:a;b@cache", { host: "cache", port: 6379, db: 0, password: "a;b" }],
    ["redis://:p@ss:w@cache", { host: "cache", port: 6379, db: 0, password: "p@ss:w" }],
    ["redis+socket://:pw@/run/valkey.sock", { path: "/run/valkey.sock", db: 0, password: "pw" }],
    ["unix://me:pw@/run/v.sock?virtual_host=3", { path: "/run/v.sock", db: 3, username: "me", password: "pw" }],
    ["redis://cache?socket_timeout=3", { host: "cache", port: 6379, db: 0, replyTimeoutMs: 3_000 }],
    [
      "redis://cache?socket_connect_timeout=0.5&socket_keepalive=false&health_check_interval=10",
      { host: "cache", port: 6379, db: 0, connectTimeoutMs: 500, keepAlive: false, echoIntervalMs: 10_000 },
    ],
    ["rediss://cache?ssl_check_hostname=False", { host: "cache", port: 6379, db: 0, tls: { checkHostname: false } }],
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
    ["localhost:6379", /brokerUrl='localhost:6379': not a URL; expected redis:\/\/, rediss:\/\//],
    [
      "redis://cache?sokcet_timeout=3",
      /unknown parameter 'sokcet_timeout'; did you mean 'socket_timeout'\?; known are /,
    ],
    ["redis://cache?socket_timeout=soon", /socket_timeout='soon': expected seconds, more than 0/],
    ["redis://cache?socket_keepalive=perhaps", /socket_keepalive='perhaps': expected true or false/],
    ["redis://cache?ssl_cert_reqs=none", /ssl_cert_reqs is for rediss:\/\//],
    ["redis://cache?password=s3cret", /user and password belong before the '@'/],
    ["redis://cache?credential=s3cret", /unknown parameter 'credential'/],
    ["redis://:s3/cret@cache/0", /in a password, \/ is written %2F/],
    ["redis://:s3#cret@cache/0", /in a password, \/ is written %2F/],
    ["redis+socket://cache/path", /a socket's path follows three slashes or the '@'/],
    [":s3cret@cache:6379/0", /not a URL/],
    ["amqp://guest:guest@rabbit", /unknown scheme 'amqp'/],
    ["not a url", /not a URL/],
    ["redis://a;redis://b", /one server, not several: .* Sentinel .*sentinel:\/\/host:26379\/0;sentinel:/],
    ["redis://a:6379/0;redis://b:6379/0", /one server, not several/],
    ["redis://:s3cret@a/0;redis://:s3cret@b/0", /brokerUrl='redis:\/\/:\*\*@a\/0;redis:.*': one server, not several/],
    ["rediss://a;b", /one server, not several/],
    ["redis://:s3/;cret@cache/0", /in a password, \/ is written %2F/],
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
          assert.doesNotMatch(error.message, /\n|s3|cret/);
          return true;
        },
      );
    });
  }

  it("never shows its password", () => {
    for (const url of [
      "redis://:secret@cache/0",
      "redis://me:se:cr@et@cache/0",
      "amqp://me:secret@rabbit",
      "redis://:secr/et?secret@cache/0",
      "redis+socket://:secret@/run/valkey.sock",
    ]) {
      assert.doesNotMatch(hidePassword(url), /secret|cr@et/);
      assert.match(hidePassword(url), /:\*\*@/);
    }
    assert.equal(
      hidePassword("redis://cache/0?password=secret&socket_timeout=3&token=secret"),
      "redis://cache/0?password=**&socket_timeout=3&token=**",
    );
    assert.equal(hidePassword("me:secret@cache"), "**@cache");
  });
});

describe("an error shows no part of a password", () => {
  for (const mark of ["/", "?", "#"]) {
    for (const [scheme, parse] of /** @type {Array<[string, (url: string) => unknown]>} */ ([
      ["redis", parseRedisUrl],
      ["sentinel", parseRedisUrl],
      ["amqp", parseAmqpUrls],
      ["db+postgresql", parsePostgresUrl],
    ])) {
      for (const begin of ["", "one"]) {
        it(`${scheme}://${begin}${mark}`, () => {
          const url = `${scheme}://${begin}:s3cret${mark}s3cret@host/0`;
          assert.throws(
            () => parse(url),
            (/** @type {Error} */ error) => !error.message.includes("s3cret"),
          );
        });
      }
    }
  }
});
