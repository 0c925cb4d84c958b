/** Workflows are the dicts, and send the messages, that Celery's are and send. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { Celery, signature } from "../../src/index.js";
import { decodeEnvelope } from "../../src/protocol/message.js";
import { fixture } from "../protocol/fixtures.js";
import { startServer } from "../support/server.js";
import { inspector } from "../support/transport.js";
import { AS_SENT, WITH_HEADER, WORKFLOWS } from "./workflows.js";

/**
 * @typedef {{ headers: Record<string, unknown>, priority?: unknown, properties: object, body: unknown }} Sent
 * @typedef {{ name: string, dict: object, messages: Sent[] }} Recorded
 */

/** What belongs to the sender, or is not ours to send. */
const OWN = new Set(["lang", "origin", "eta", "expires", "reply_to", "ignore_result"]);
/** Properties that every message has, or that belong to its delivery. */
const USUAL = [
  ...["correlation_id", "reply_to", "delivery_mode", "delivery_info", "delivery_tag", "priority", "body_encoding"],
  "timestamp", // when it was sent, which is ours
];
/** Celery's options say here and there that there is none. */
const LINEAGE = new Set(["root_id", "parent_id", "chord"]);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * The same text for the same workflow: members in one order, ids numbered as they come.
 *
 * @param {unknown} value
 */
function normal(value) {
  /** @type {Map<string, string>} */
  const ids = new Map();
  const text = JSON.stringify(sorted(JSON.parse(JSON.stringify(value))), null, 1);
  return text.replaceAll(UUID, (id) => ids.get(id) ?? String(ids.set(id, `id-${ids.size + 1}`).get(id)));
}

/**
 * @param {unknown} value
 * @returns {unknown}
 */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(
    ([name, member]) => !OWN.has(name) && !(LINEAGE.has(name) && member === null),
  );
  return Object.fromEntries(
    members.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]),
  );
}

/** Celery shows a tuple where a signature in the arguments has its own. @param {Sent} message */
const readable = ({ headers, ...rest }) => ({
  headers: { ...headers, kwargsrepr: String(headers.kwargsrepr).replaceAll("()", "[]") },
  ...rest,
});

describe("a workflow", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {import("ioredis").Redis} */
  let redis;
  /** @type {Celery[]} the second one has its errbacks on the headers of chords too */
  let apps;
  const composed = (/** @type {string} */ name, workflow = WORKFLOWS[name]) => {
    const app = apps[WITH_HEADER.has(name) ? 1 : 0];
    return workflow((task, ...args) => app.signature(`flow.${task}`, args), app);
  };

  before(async () => {
    server = await startServer();
    redis = inspector(server.url);
    apps = [false, true].map((taskAllowErrorCbOnChordHeader) => {
      const settings = { brokerUrl: server.url, resultBackend: server.url, taskDefaultQueue: "py-queue" };
      return new Celery("golden", { ...settings, taskAllowErrorCbOnChordHeader });
    });
  });
  beforeEach(() => redis.flushall());
  after(async () => {
    redis.disconnect();
    for (const app of apps) await app.close();
    await server.stop();
  });

  for (const { name, dict, messages } of /** @type {Recorded[]} */ (fixture("canvas"))) {
    it(`${name} is Celery's dict, and is made from it again`, () => {
      const workflow = composed(name);
      assert.equal(normal(workflow), normal(dict));
      assert.equal(normal(signature(JSON.parse(JSON.stringify(workflow)), apps[0])), normal(dict));
    });

    it(`${name} sends Celery's messages`, async () => {
      await composed(name, AS_SENT[name] ?? WORKFLOWS[name]).applyAsync([5]);
      const queues = (await redis.keys("*")).filter((key) => /^(py-queue|other)/.test(key));
      const lists = await Promise.all(queues.map((queue) => redis.lrange(queue, 0, -1)));
      const sent = lists
        .flatMap((texts) => texts.toReversed())
        .map((text) => {
          const { headers, properties, body } = decodeEnvelope(text);
          const { priority } = properties;
          const more = Object.entries(properties).filter(([key]) => !USUAL.includes(key));
          return {
            headers,
            priority,
            properties: Object.fromEntries(more),
            body: JSON.parse(Buffer.from(body, "base64").toString()),
          };
        });
      assert.equal(normal(sent.map(readable)), normal(messages.map(readable)));
    });
  }

  it("an errback of Python's sends unknown options as properties", async () => {
    const errback = {
      task: "flow.errback",
      options: { immutable: true, retry_policy: { max_retries: null }, queue: "py-queue" },
    };
    await signature(errback, apps[0]).applyAsync(["id"]);
    await apps[0].sendTasks([errback]);
    const sent = (await redis.lrange("py-queue", 0, -1)).map((text) => decodeEnvelope(text).properties);
    assert.deepEqual(
      sent.map(({ immutable, retry_policy }) => ({ immutable, retry_policy })),
      Array(2).fill({ immutable: true, retry_policy: undefined }),
    );
  });
});
