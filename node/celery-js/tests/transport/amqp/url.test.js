/** URLs of RabbitMQ, by kombu's rules. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ImproperlyConfigured } from "../../../src/errors.js";
import { parseAmqpUrls } from "../../../src/transport/amqp/url.js";
import { createPublisher, hidePassword } from "../../../src/transport/transport.js";
import { resolveSettings } from "../../../src/validation/resolve-settings.js";

test("a URL without parts has kombu's defaults", () => {
  assert.deepEqual(parseAmqpUrls("amqp://"), [
    { host: "127.0.0.1", port: 5672, vhost: "/", username: "guest", password: "guest", display: "amqp://" },
  ]);
});

test("the path is the virtual host, percent codes are read", () => {
  const vhosts = ["amqp://h", "amqp://h/", "amqp://h//", "amqp://h/jobs", "amqp://h/%2Fjobs"].map(
    (url) => parseAmqpUrls(url)[0].vhost,
  );

  assert.deepEqual(vhosts, ["/", "/", "/", "jobs", "/jobs"]);
  assert.equal(parseAmqpUrls("amqp://u:p%40ss@h")[0].password, "p@ss");
});

test("an address of IPv6 stands in brackets", () => {
  const [{ host, port, vhost }] = parseAmqpUrls("amqp://u:p@[::1]:5673/v");

  assert.deepEqual([host, port, vhost], ["::1", 5673, "v"]);
});

test("several servers are separated by semicolons", () => {
  const [first, second] = parseAmqpUrls("amqps://u:p@one/v;two:1234/v");

  assert.deepEqual([first.host, first.port, first.tls], ["one", 5671, {}]);
  assert.deepEqual([second.host, second.port, second.tls], ["two", 1234, {}]);
});

/** @type {[string, RegExp][]} */
const WRONG = [
  ["amqp://h:99999", /the host or port cannot be read/],
  ["amqp://h?heartbeat=1", /unknown parameter 'heartbeat'/],
  ["amqp://h?ssl_ca_certs=x", /ssl_ca_certs is for amqps:\/\//],
  ["amqps://h?ssl_ca_certs=/nowhere", /ENOENT/],
  ["amqp://h;redis://h", /unknown scheme 'redis'/],
  ["amqps://h;amqp://h", /all servers need the same scheme, amqp:\/\/ or amqps:\/\//],
  ["amqp://u:a/b@h", /the host or port cannot be read; in a password, \/ is written %2F/],
];

for (const [url, problem] of WRONG) {
  test(`${url} is refused`, () => {
    assert.throws(() => parseAmqpUrls(url), ImproperlyConfigured);
    assert.throws(() => parseAmqpUrls(url), problem);
  });
}

test("a password is not shown", () => {
  assert.equal(hidePassword("amqp://user:secret@h/v"), "amqp://user:**@h/v");
  const settings = resolveSettings({ brokerUrl: "amqp://user:secret@h:x/v" });

  assert.throws(
    () => createPublisher(settings),
    (/** @type {Error} */ { message }) => !message.includes("secret"),
  );
});
