/** Messages that AMQP's decoder accepts and its encoder refuses: each still goes where it has to. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { decodeEnvelope } from "../../../src/protocol/message.js";
import { Confirms } from "../../../src/transport/amqp/confirms.js";
import { Held } from "../../../src/transport/amqp/held.js";
import { again, toEnvelope } from "../../../src/transport/amqp/message.js";
import { Releasing } from "../../../src/transport/amqp/releasing.js";

const require = createRequire(import.meta.url);
const lib = join(dirname(require.resolve("amqplib")), "lib");
const { encodeProperties, decode, BasicProperties } = require(join(lib, "defs.js"));
const { publish: toFields } = require(join(lib, "api_args.js"));
/** Frame header: type, channel, size; then class, weight and the body's size. */
const [HEADER_START, SIZE_START] = [19, 3];

/** The broker's side of a channel: what was published, as it would be read. */
class Broker extends EventEmitter {
  /** @type {{ queue: string, headers: Record<string, any>, properties: Record<string, unknown> }[]} */
  published = [];
  /** @type {string[]} */
  ends = [];

  /**
   * @param {string} exchange
   * @param {string} routingKey
   * @param {Buffer} content
   * @param {Record<string, unknown>} options
   * @param {(error: Error | null) => void} done
   */
  publish(exchange, routingKey, content, options, done) {
    const fields = toFields(exchange, routingKey, options);
    const frame = encodeProperties(BasicProperties, 1, content.length, fields);
    const size = frame.readUInt32BE(SIZE_START);
    const { headers, ...properties } = decode(BasicProperties, frame.subarray(HEADER_START, 7 + size));
    this.published.push({ queue: routingKey, headers, properties });
    setImmediate(done, null);
  }

  ack() {
    this.ends.push("ack");
  }

  nack() {
    this.ends.push("nack");
  }
}

/** @param {number} levels */
function nested(levels) {
  /** @type {unknown} */
  let value = 1;
  for (let i = 0; i < levels; i += 1) value = [value];
  return value;
}

const LONG_REPR = "x".repeat(40_000);
const UNSENDABLE = {
  "a table over 64 KB": { headers: { big: "x".repeat(40_000), other: "y".repeat(40_000) } },
  "a number that is none": { headers: { n: Number.NaN } },
  "a number beyond 64 bits": { headers: { n: -1e30 } },
  "a value of an unknown type": { headers: { x: { "!": "foo" } } },
  "a value of a type of the name of an outage": { headers: { x: { "!": "closed" } } },
  "a name of 255 broken characters": { headers: { ["\ufffd".repeat(255)]: 1 } },
  "lists in 20,000 levels": { headers: { deep: nested(20_000) } },
  "a moment beyond all": { headers: {}, properties: { timestamp: 2 ** 64 } },
  "a long property": { headers: {}, properties: { messageId: "\ufffd".repeat(255) } },
};

/**
 * @param {object} parts
 * @param {Record<string, unknown>} parts.headers
 * @param {Record<string, unknown>} [parts.properties]
 */
function received({ headers, properties = {} }) {
  const own = { lang: "py", task: "add", id: "id1", timelimit: [null, null], ...headers };
  return {
    content: Buffer.from("[[1], {}, {}]"),
    fields: { deliveryTag: 1, redelivered: false, exchange: "", routingKey: "jobs" },
    properties: { contentType: "application/json", contentEncoding: "utf-8", headers: own, ...properties },
  };
}

/** @param {ReturnType<typeof received>} message */
function releasing(message) {
  const broker = new Broker();
  const confirms = new Confirms(/** @type {any} */ (broker));
  const held = new Held();
  const number = held.add(/** @type {any} */ (broker), message, "jobs");
  /** @type {string[]} */
  const problems = [];
  /** @type {Error[]} */
  const refused = [];
  const parts = new Releasing({
    held,
    workerName: "w@h",
    outlet: () => ({
      canDelay: true,
      publish: (place, outgoing) => confirms.publish(place, outgoing),
      deadQueue: async (queue) => `${queue}.dead`,
    }),
    onProblem: (problem) => problems.push(problem),
    onRefused: (error) => refused.push(error),
    onAccepted: () => {},
  });
  return { releasing: parts, broker, number, problems, refused };
}

describe("a message that cannot be sent again", () => {
  for (const [what, parts] of Object.entries(UNSENDABLE)) {
    test(`becomes a dead letter without ${what}`, async () => {
      const { releasing: parting, broker, number, refused } = releasing(received(parts));

      const gone = await parting.bury([{ number, reason: "DecodeError" }]);

      assert.deepEqual([gone, refused, broker.ends], [[], [], ["ack"]]);
      const [{ queue, headers }] = broker.published;
      assert.deepEqual([queue, headers.task, headers.id, headers.timelimit], ["jobs.dead", "add", "id1", [null, null]]);
      assert.equal(JSON.parse(headers["x-celery-dead-letter"]).reason, "DecodeError");
    });

    test(`goes back to the broker with ${what}`, async () => {
      const { releasing: parting, broker, number, refused } = releasing(received(parts));

      await parting.requeue([{ number, priority: 0 }]);

      assert.deepEqual([broker.published, refused, broker.ends], [[], [], ["nack"]]);
    });
  }

  test("becomes a dead letter instead of waiting for its eta", async () => {
    const { releasing: parting, broker, number, problems } = releasing(received({ headers: { n: Number.NaN } }));

    await parting.park([{ number, dueMs: Date.now() + 60_000 }]);

    const [{ queue, headers }] = broker.published;
    assert.deepEqual([queue, broker.ends, headers["x-celery-cut"]], ["jobs.dead", ["ack"], ["n"]]);
    assert.equal(JSON.parse(headers["x-celery-dead-letter"]).reason, "unsendable");
    assert.match(problems.join(), /^A message for jobs cannot be sent again/);
  });
});

test("a message goes on where only the texts of its arguments are too long", async () => {
  const {
    releasing: parting,
    broker,
    number,
  } = releasing(received({ headers: { argsrepr: LONG_REPR, kwargsrepr: LONG_REPR, own: 1 } }));

  await parting.park([{ number, dueMs: Date.now() + 60_000 }]);

  const [{ queue, headers }] = broker.published;
  assert.match(queue, /^[01.]+jobs$/);
  assert.deepEqual([headers.own, headers["x-celery-cut"]], [1, ["argsrepr", "kwargsrepr"]]);
  assert.equal(headers.argsrepr.length, 1_027);
});

test("what only another user or the first sending may have is not sent again", () => {
  const { options } = again(received({ headers: { CC: ["jobs"], BCC: ["jobs"] }, properties: { userId: "other" } }));

  assert.equal("userId" in options, false);
  assert.deepEqual(Object.keys(options.headers), ["lang", "task", "id", "timelimit"]);
});

test("headers that are nested too deep to be written are refused by the reader, with the task's id", () => {
  const deep = nested(26_000);

  const text = toEnvelope(received({ headers: { deep } }), "jobs");

  assert.throws(() => decodeEnvelope(text), { taskId: "id1", message: /nested too deep/ });
});
