import assert from "node:assert/strict";
import { test } from "node:test";
import { EncodeError } from "../../src/errors.js";
import { DateTime } from "../../src/protocol/json.js";
import { decodeEnvelope, decodeTask, encodeEnvelope, taskMessage } from "../../src/protocol/message.js";
import { parseIso } from "../../src/protocol/time.js";
import { fixture } from "./fixtures.js";

const TASK_ID = "3f0b1c9e-8f3e-4f0a-9d3a-0c4c3b7a1e55";

/** @param {string} name */
function rawOf(name) {
  /** @type {Array<{ name: string, raw: string }>} */
  const messages = fixture("messages");
  const found = messages.find((message) => message.name === name);
  assert.ok(found, `no fixture ${name}`);
  return found.raw;
}

/** @type {Array<[string, Partial<import("../../src/protocol/message.js").TaskMessageOptions>, object?]>} */
const SENT = [
  ["plain add", { args: [1, 2] }],
  ["no arguments", {}],
  ["kwargs", { args: [1], kwargs: { y: 2, zażółć: "gęślą" } }],
  ["nested arguments", { args: [[1, [2, { a: null }], "x'y"], { b: true, c: 1.5, d: 1e-7 }] }],
  ["countdown", { args: [1, 2], countdown: 90 }],
  ["eta", { args: [1, 2], eta: "2026-12-24T18:00:00+01:00" }],
  ["expires in seconds", { args: [1, 2], expires: 60 }],
  ["expires at", { args: [1, 2], expires: new Date(Date.UTC(2027, 0, 1)) }],
  [
    "retry",
    {
      args: [1, 2],
      retries: 3,
      rootId: "a2c4e6f8-0000-4000-8000-00000000000a",
      parentId: "a2c4e6f8-0000-4000-8000-00000000000b",
    },
  ],
  ["link", { args: [1, 2], callbacks: [{ task: "example.report", args: [], kwargs: {}, options: {} }] }],
  ["link_error", { args: [1, 2], errbacks: [{ task: "example.report", args: [7], immutable: true }] }],
  ["priority", { args: [1, 2] }, { priority: 7 }],
  ["custom headers", { args: [1, 2] }, { headers: { trace: "abc", tenant: { id: 7 } } }],
  ["ignore_result", { args: [1, 2], ignoreResult: true }],
  ["time limits", { args: [1, 2], timeLimit: 30, softTimeLimit: 25.5 }],
  ["shadow", { args: [1, 2], shadow: "a nicer name" }],
  ["reply_to", { args: [1, 2], replyTo: "replies" }],
  ["queue", { args: [1, 2] }, { routingKey: "js-queue" }],
  ["group member", { args: [1, 2], groupId: "a2c4e6f8-0000-4000-8000-00000000000c", groupIndex: 4 }],
  ["replaced", { args: [1, 2], replacedTaskNesting: 2 }],
  ["transient", { args: [1, 2] }, { deliveryMode: 1 }],
];

for (const [name, options, address] of SENT) {
  test(`${name}: the same bytes as a Celery client's`, () => {
    const raw = rawOf(name);
    const { properties } = decodeEnvelope(raw);
    const message = taskMessage({
      taskId: TASK_ID,
      name: "example.add",
      origin: "gen4711@recorder",
      replyTo: "reply-queue",
      nowMs: parseIso("2026-11-22T10:11:12.123456+00:00"),
      ...options,
    });
    assert.equal(message.headers.lang, "js");
    message.headers.lang = "py";
    const deliveryTag = String(properties.delivery_tag);
    assert.equal(encodeEnvelope(message, { exchange: "", routingKey: "py-queue", deliveryTag, ...address }), raw);
  });
}

test("a decoded message is encoded to the same bytes", () => {
  for (const name of ["typed values", "long arguments", "chain 0", "chord 0", "stamped 0", "chain into chord 0"]) {
    const raw = rawOf(name);
    const { headers, properties } = decodeEnvelope(raw);
    const { args, kwargs, embed } = decodeTask(decodeEnvelope(raw));
    const { correlation_id, reply_to, delivery_tag } = properties;
    const text = encodeEnvelope(
      { headers, properties: { correlation_id, reply_to }, body: [args, kwargs, embed] },
      { exchange: "", routingKey: "py-queue", deliveryTag: String(delivery_tag) },
    );
    assert.equal(text, raw, name);
  }
});

test("taskMessage fills in Celery's defaults", () => {
  const { headers, properties, body } = taskMessage({ taskId: "1", name: "t" });
  assert.match(String(headers.origin), /^gen\d+@/);
  assert.deepEqual([headers.lang, headers.root_id, headers.ignore_result], ["js", "1", false]);
  assert.equal(taskMessage({ taskId: "1", name: "t", ignoreResult: null }).headers.ignore_result, null);
  assert.deepEqual(properties, { correlation_id: "1", reply_to: "" });
  assert.deepEqual(body, [[], {}, { callbacks: null, errbacks: null, chain: null, chord: null }]);
});

test("Python's moments keep their microseconds and offset", () => {
  const [eta, expires] = ["2026-11-22T10:11:12.123457+02:00", "2026-11-23T10:11:12.000001+00:00"];
  const { headers } = taskMessage({ taskId: "1", name: "t", eta: new DateTime(eta), expires: new DateTime(expires) });
  assert.deepEqual([headers.eta, headers.expires], [eta, expires]);
});

test("taskMessage sends only the stamped headers", () => {
  const { headers } = taskMessage({ taskId: "1", name: "t", stampedHeaders: ["a"], stamps: { a: 1, b: 2 } });
  assert.deepEqual([headers.stamped_headers, headers.stamps], [["a"], { a: 1 }]);
});

test("args must be an array, and kwargs an object", () => {
  assert.throws(
    () => taskMessage({ taskId: "1", name: "t", args: /** @type {unknown[]} */ (/** @type {unknown} */ ("ab")) }),
    TypeError,
  );
  assert.throws(
    () =>
      taskMessage({
        taskId: "1",
        name: "t",
        kwargs: /** @type {Record<string, unknown>} */ (/** @type {unknown} */ ([1])),
      }),
    TypeError,
  );
});

test("an argument that cannot be sent is named by its place", () => {
  const message = taskMessage({ taskId: "1", name: "t", args: [1, { cb() {} }] });
  assert.throws(
    () => encodeEnvelope(message, { exchange: "", routingKey: "q" }),
    (error) => {
      assert.ok(error instanceof EncodeError);
      assert.equal(error.message, "args[1].cb is a function, which JSON cannot represent; pass plain data");
      return true;
    },
  );
});

test("every envelope has its own delivery tag", () => {
  const message = taskMessage({ taskId: "1", name: "t" });
  const write = () =>
    decodeEnvelope(encodeEnvelope(message, { exchange: "", routingKey: "q", replyTo: "r" })).properties;
  assert.notEqual(write().delivery_tag, write().delivery_tag);
  assert.equal(write().reply_to, "r");
  assert.deepEqual(Object.keys(write()).slice(0, 3), ["correlation_id", "reply_to", "delivery_mode"]);
});
