/** Malformed, unknown and wrong commands cost a line a minute of each kind, however many of them come. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "../../support/server.js";
import { inspector } from "../../support/transport.js";
import { startWorker } from "../../support/worker.js";

const BROADCASTS = 1_000;
const body = (/** @type {unknown} */ command) => Buffer.from(JSON.stringify(command)).toString("base64");
const envelope = (/** @type {string} */ text) =>
  JSON.stringify({
    body: text,
    "content-type": "application/json",
    headers: {},
    properties: { body_encoding: "base64" },
  });
/** None of them is a command. */
const MALFORMED = [
  "7",
  "no JSON",
  envelope("~"),
  envelope(body([])),
  envelope(body({ method: 5 })),
  envelope(body({ method: "stats", pattern: "(", matcher: "pcre" })),
  envelope(body({ method: "stats", pattern: "x", matcher: "none" })),
];

test("a thousand malformed broadcasts are one line of the log", async () => {
  const server = await startServer();
  const redis = inspector(server.url);
  const { app, lines, stop } = await startWorker(server.url, {});

  for (let i = 0; i < BROADCASTS; i++) {
    await redis.publish("/0.celery.pidbox", MALFORMED[i % MALFORMED.length]);
  }

  const answer = await app.control.inspect({ timeout: 10, limit: 1 }).activeQueues();
  assert.equal(Object.keys(answer ?? {}).length, 1);
  const said = lines.filter(({ msg }) => msg.startsWith("A broadcast is ignored: "));
  assert.equal(said.length, 1, JSON.stringify(said.slice(0, 5)));
  await stop();
  redis.disconnect();
  await server.stop();
});

test("a thousand unknown commands and a thousand wrong arguments are two lines", async () => {
  const server = await startServer();
  const { app, lines, stop } = await startWorker(server.url, {});

  for (let i = 0; i < BROADCASTS; i++) {
    await app.control.broadcast(`unknown ${i}`, { arguments: {} });
    await app.control.broadcast("rate_limit", { arguments: { taskName: 5, i } });
  }

  const answer = await app.control.inspect({ timeout: 10, limit: 1 }).activeQueues();
  assert.equal(Object.keys(answer ?? {}).length, 1);
  const said = lines.map(({ msg }) => msg).filter((msg) => /control command/i.test(msg));
  assert.equal(said.length, 2, JSON.stringify(said.slice(0, 5)));
  assert.equal(said[0], "No such control command: 'unknown 0'");
  assert.match(said[1], /^Control command error: rate_limit: rate_limit\(\) /);
  await stop();
  await server.stop();
});
