/** Envelopes as messages of AMQP, and back; the places of delayed messages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEnvelope, decodeTask, encodeEnvelope, taskMessage } from "../../../src/protocol/message.js";
import { bareRoutingKey, delayedPlace } from "../../../src/transport/amqp/delays.js";
import { again, toAmqp, toEnvelope, workersLost } from "../../../src/transport/amqp/message.js";

const place = { exchange: "", routingKey: "jobs" };

/**
 * @param {Record<string, unknown>} [headers]
 * @param {Record<string, unknown>} [fields]
 * @returns {import("../../../src/transport/amqp/driver.js").AmqpMessage}
 */
function delivered(headers = {}, fields = {}) {
  const text = encodeEnvelope(taskMessage({ taskId: "id1", name: "add", args: [1, "é"] }), { ...place, priority: 3 });
  const { content, options } = toAmqp(text);
  return {
    content,
    properties: { ...options, headers: { ...options.headers, ...headers } },
    fields: { deliveryTag: 7, redelivered: false, exchange: "", routingKey: "jobs", ...fields },
  };
}

test("a task is the same after the way over AMQP", () => {
  const message = decodeTask(decodeEnvelope(toEnvelope(delivered(), "jobs")));

  assert.deepEqual([message.id, message.name, message.args, message.priority], ["id1", "add", [1, "é"], 3]);
  assert.deepEqual(message.deliveryInfo, { exchange: "", routing_key: "jobs", priority: 3, redelivered: false });
});

test("the body is sent as it is, not as base64", () => {
  const { content, properties } = delivered();

  assert.match(content.toString(), /^\[\[1, "\\u00e9"\], \{\}, /);
  assert.equal(properties.contentType, "application/json");
  assert.equal(properties.deliveryMode, 2);
});

test("the time of sending is in whole seconds", () => {
  const sent = JSON.parse(encodeEnvelope(taskMessage({ taskId: "id1", name: "add" }), place));
  sent.properties.timestamp = 1_700_000_000.75;
  const { content, options } = toAmqp(JSON.stringify(sent));

  assert.equal(options.timestamp, 1_700_000_000);
  const fields = { deliveryTag: 7, redelivered: false, exchange: "", routingKey: "jobs" };
  const { properties } = decodeEnvelope(toEnvelope({ content, properties: options, fields }, "jobs"));
  assert.equal(properties.timestamp, 1_700_000_000);
});

test("what the broker adds is not the sender's", () => {
  const message = delivered({ "x-death": [{}], "x-delivery-count": 2, "x-first-death-queue": "q", own: 1 });

  assert.deepEqual(decodeTask(decodeEnvelope(toEnvelope(message, "jobs"))).headers, { own: 1 });
  assert.equal("x-death" in again(message).options.headers, false);
  assert.equal(workersLost(message), 2);
});

test("a classic queue knows only whether a worker was lost", () => {
  assert.equal(workersLost(delivered({}, { redelivered: true })), 1);
  assert.equal(workersLost(delivered()), 0);
});

test("a delayed message shows the place that it was sent to", () => {
  const routingKey = delayedPlace(5, "jobs")?.routingKey;
  const { deliveryInfo } = decodeTask(
    decodeEnvelope(toEnvelope(delivered({}, { exchange: "celery_delayed_delivery", routingKey }), "jobs")),
  );

  assert.deepEqual([deliveryInfo.exchange, deliveryInfo.routing_key], ["", "jobs"]);
});

test("a delay is written as kombu's calculate_routing_key does", () => {
  assert.deepEqual(delayedPlace(5.9, "a.b"), {
    exchange: "celery_delayed_27",
    routingKey: `${"0.".repeat(25)}1.0.1.a.b`,
  });
  assert.equal(delayedPlace(0.9, "jobs"), null);
  assert.equal(bareRoutingKey(`${"0.".repeat(27)}1.a.b`), "a.b");
  assert.equal(bareRoutingKey("0.1.jobs"), "0.1.jobs");
});
