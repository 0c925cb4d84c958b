/** What is broadcast to the workers and is not a command costs a line a minute, however much of it comes. */
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
  const said = lines.filter(({ msg }) => msg.startsWith("Control command error"));
  assert.equal(said.length, 1, JSON.stringify(said.slice(0, 5)));
  await stop();
  redis.disconnect();
  await server.stop();
});
