import assert from "node:assert/strict";
import { test } from "node:test";
import { ContentDisallowed, DecodeError, InvalidTaskError } from "../../src/errors.js";
import { DateTime, Decimal, dumps } from "../../src/protocol/json.js";
import { decodeEnvelope, decodeTask } from "../../src/protocol/message.js";
import { parseIso } from "../../src/protocol/time.js";
import { fixture } from "./fixtures.js";

/** @typedef {import("../../src/protocol/message.js").TaskMessage} TaskMessage */

/** @type {Array<{ name: string, raw: string, request: Record<string, unknown> }>} */
const messages = fixture("messages");
/** @type {Array<{ name: string, raw: string }>} */
const otherClients = fixture("other-clients");
const TASK_ID = "3f0b1c9e-8f3e-4f0a-9d3a-0c4c3b7a1e55";

/** @param {string} name */
function rawOf(name) {
  const found = [...messages, ...otherClients].find((message) => message.name === name);
  assert.ok(found, `no fixture ${name}`);
  return found.raw;
}

/** @param {string} name */
const decoded = (name) => decodeTask(decodeEnvelope(rawOf(name)));

/** @param {TaskMessage} task in the names of the fixture's requests */
function asRequest(task) {
  return {
    id: task.id,
    name: task.name,
    args: task.args,
    kwargs: task.kwargs,
    retries: task.retries,
    root_id: task.rootId,
    parent_id: task.parentId,
    group: task.group,
    group_index: task.groupIndex,
    shadow: task.shadow,
    origin: task.origin,
    argsrepr: task.argsrepr,
    kwargsrepr: task.kwargsrepr,
    reply_to: task.replyTo,
    correlation_id: task.correlationId,
    delivery_info: task.deliveryInfo,
    timelimit: task.timelimit,
    stamped_headers: task.stampedHeaders,
    stamps: task.stamps,
    replaced_task_nesting: task.replacedTaskNesting,
    headers: task.headers,
    embed: task.embed,
    eta_ms: task.eta === null ? null : parseIso(task.eta),
    expires_ms: task.expires === null ? null : parseIso(task.expires),
    ignore_result: task.ignoreResult,
  };
}

for (const { name, raw, request } of messages) {
  test(`${name}: a Node worker reads what a Celery worker reads`, () => {
    assert.deepEqual(asRequest(decodeTask(decodeEnvelope(raw))), { ...request, stamps: request.stamps ?? {} });
  });
}

test("a task of celery-node is read, with its camelCase properties", () => {
  const task = decoded("celery-node, protocol 2");
  assert.deepEqual([task.id, task.name, task.args, task.kwargs], [TASK_ID, "example.add", [1, 2], { y: "é" }]);
  assert.deepEqual(task.embed, { callbacks: null, errbacks: null, chain: null, chord: null });
  assert.deepEqual([task.correlationId, task.ignoreResult, task.retries, task.protocol], [TASK_ID, null, 0, 2]);
  const old = decoded("celery-node, protocol 1");
  assert.deepEqual([old.id, old.args, old.kwargs, old.protocol], [TASK_ID, [1, 2], { y: "é" }, 1]);
  assert.equal(old.argsrepr, "[1, 2]");
});

test("a task of celery-ts is read, plain or compressed", () => {
  assert.deepEqual([decoded("celery-ts").args, decoded("celery-ts").kwargs], [[1, 2], { y: "é" }]);
  assert.deepEqual(decoded("celery-ts, compressed").args, [1, 2]);
  const later = decoded("celery-ts, eta and priority");
  assert.deepEqual([later.priority, parseIso(later.eta ?? "")], [3, Date.UTC(2026, 11, 24, 18)]);
});

test("a text that is not an envelope is refused", () => {
  for (const raw of [
    "",
    "hello",
    "[]",
    "null",
    '"text"',
    "{}",
    '{"body": "", "headers": {}}',
    '{"body": null, "properties": {}}',
    '{"body": {"a": 1}, "properties": {}}',
    '{"body": "", "properties": []}',
    '{"body": "", "properties": {}, "headers": "x"}',
  ]) {
    assert.throws(() => decodeEnvelope(raw), DecodeError, raw);
  }
});

/** @param {{ body?: unknown, headers?: object, properties?: object, contentType?: string | null }} parts */
function envelopeOf({
  body = [[], {}, {}],
  headers = { task: "t", id: "1" },
  properties = {},
  contentType = "application/json",
}) {
  return decodeEnvelope(
    dumps({ body: typeof body === "string" ? body : dumps(body), "content-type": contentType, headers, properties }),
  );
}

/**
 * @param {Parameters<typeof envelopeOf>[0]} parts
 * @param {new (...args: never[]) => Error} cls
 */
function refusal(parts, cls) {
  try {
    decodeTask(envelopeOf(parts));
  } catch (error) {
    assert.ok(error instanceof cls, `${error}`);
    return /** @type {Error & import("../../src/protocol/message.js").TaskIdentity} */ (error);
  }
  return assert.fail(`accepted ${dumps(parts)}`);
}

test("content other than JSON is refused, with the task's id", () => {
  const error = refusal({ contentType: "application/x-python-serialize" }, ContentDisallowed);
  assert.match(error.message, /application\/x-python-serialize/);
  assert.deepEqual([error.taskId, error.taskName], ["1", "t"]);
  assert.match(refusal({ contentType: null }, ContentDisallowed).message, /application\/data/);
});

test("an unreadable body is refused, with the task's id", () => {
  for (const parts of [
    { body: "no JSON" },
    { body: "" },
    { body: "AAAA", properties: { body_encoding: "base64" } },
    { body: Buffer.from([0x5b, 0xff, 0x5d]).toString("base64"), properties: { body_encoding: "base64" } },
    { body: "[]", properties: { body_encoding: "rot13" } },
    { body: "[]", properties: { body_encoding: "base64" }, headers: { task: "t", id: "1", compression: "bzip2" } },
    { body: "[]", properties: { body_encoding: "base64" }, headers: { task: "t", id: "1", compression: "gzip" } },
    { body: '[[{"__type__": "nothing", "__value__": 1}], {}, {}]' },
  ]) {
    const error = refusal(parts, DecodeError);
    assert.deepEqual([error.taskId, error.taskName], ["1", "t"]);
  }
});

test("a readable message that is not a task is refused", () => {
  for (const parts of [
    { headers: { task: "t" } },
    { headers: { task: "t", id: 7 } },
    { headers: { task: null, id: "1" } },
    { headers: {}, body: [] },
    { headers: {}, body: { id: "1", args: [] } },
    { headers: {}, body: "null" },
    { body: { no: "args" } },
    { body: "7" },
    { body: [{}, {}, {}] },
    { body: ["ab", {}, {}] },
    { body: [[], [], {}] },
    { body: [[], "ab", {}] },
    { body: [[], {}, []] },
    { headers: { task: "t", id: "1", eta: "soon" } },
    { headers: { task: "t", id: "1", expires: 12 } },
  ]) {
    refusal(parts, InvalidTaskError);
  }
});

test("retries that are no count are refused, as in Python", () => {
  const of = (/** @type {unknown} */ retries) => ({ headers: { task: "t", id: "1", retries } });
  for (const retries of [Number.NaN, -1, 0.5, 2 ** 31, Infinity, "1", true, [], {}]) {
    const { message, taskId } = refusal(of(retries), InvalidTaskError);
    assert.deepEqual([message, taskId], ["retries must be a whole number from 0 to 2147483647", "1"]);
  }
  for (const retries of [null, undefined, 0]) assert.equal(decodeTask(envelopeOf(of(retries))).retries, 0);
  assert.equal(decodeTask(envelopeOf(of(2 ** 31 - 1))).retries, 2 ** 31 - 1);
});

test("a group index that is no number is none", () => {
  const of = (/** @type {unknown} */ index) => ({ headers: { task: "t", id: "1", group_index: index } });
  for (const index of [Number.NaN, Infinity, "1"]) assert.equal(decodeTask(envelopeOf(of(index))).groupIndex, null);
  assert.equal(decodeTask(envelopeOf(of(3))).groupIndex, 3);
});

test("wrong types of limits and stamps are refused, as in Python", () => {
  const of = (/** @type {object} */ more) => ({ headers: { task: "t", id: "1", ...more } });
  for (const timelimit of [
    ["a", "b"],
    [null, "x"],
    [5, [1]],
    [5],
    [1, 2, 3],
    "5",
    { hard: 5 },
    [-1, null],
    [true, null],
    [1e300, null],
  ]) {
    const error = refusal(of({ timelimit }), InvalidTaskError);
    assert.match(error.message, /^timelimit is .{1,80}: expected \[hard, soft\] in seconds, or null for none$/);
    assert.equal(error.taskId, "1");
  }
  for (const timelimit of [null, [], 0, "", {}]) {
    assert.deepEqual(decodeTask(envelopeOf(of({ timelimit }))).timelimit, [null, null]);
  }
  assert.deepEqual(decodeTask(envelopeOf(of({ timelimit: [2.5, 0] }))).timelimit, [2.5, 0]);
  assert.match(refusal(of({ stamped_headers: [[]] }), InvalidTaskError).message, /^stamped_headers must be/);
  const tooMany = Array.from({ length: 1_001 }, (_, n) => `s${n}`);
  assert.equal(
    refusal(of({ stamped_headers: tooMany }), InvalidTaskError).message,
    "stamped_headers has 1001 names: the limit is 1000",
  );
  assert.deepEqual(decodeTask(envelopeOf(of({ stamped_headers: ["a", "b", "a"] }))).stampedHeaders, ["a", "b"]);
  assert.match(refusal(of({ stamped_headers: "a" }), InvalidTaskError).message, /^stamped_headers must be/);
  assert.match(refusal(of({ stamps: [1] }), InvalidTaskError).message, /^stamps must be/);
});

test("follow-ups that are not lists are refused, as in Python", () => {
  for (const name of ["callbacks", "errbacks", "chain"]) {
    for (const value of ["abc", { t: 1 }, 5, true]) {
      const error = refusal({ headers: { task: "t", id: "1" }, body: [[], {}, { [name]: value }] }, InvalidTaskError);
      assert.equal(error.message, `${name} must be a list`);
    }
    for (const value of ["", {}, 0, false]) {
      assert.equal(
        decodeTask(envelopeOf({ body: [[], {}, { [name]: value }] })).embed[/** @type {"chain"} */ (name)],
        null,
      );
    }
  }
  for (const chord of ["abc", [1], 5]) {
    assert.equal(refusal({ body: [[], {}, { chord }] }, InvalidTaskError).message, "chord must be a signature");
  }
});

test("an error of protocol 1 knows the task from the body", () => {
  const error = refusal({ headers: {}, body: { id: "9", task: "old", args: [], kwargs: [1] } }, InvalidTaskError);
  assert.deepEqual([error.taskId, error.taskName], ["9", "old"]);
});

test("the sender of a message that cannot be read is known by its correlation id", () => {
  const properties = { correlation_id: "7" };
  const unreadable = { headers: {}, body: "{oops", properties };
  assert.equal(refusal(unreadable, DecodeError).taskId, "7");
  assert.equal(refusal({ headers: { task: "t", id: [] }, properties }, InvalidTaskError).taskId, "7");

  const of = (/** @type {string} */ headers) =>
    `{"body": "x", "headers":${headers}, "properties": {"correlation_id": "7"}}`;
  for (const headers of ["5", '{"x": {"__type__": [], "__value__": 1}}', '{"x": 1,}']) {
    assert.throws(() => decodeEnvelope(of(headers)), { name: "DecodeError", taskId: "7" });
  }
  assert.throws(() => decodeEnvelope(of('{"id":"8", "x": {"__type__": [], "__value__": 1}}')), {
    name: "DecodeError",
    taskId: "8",
  });
});

test("missing arguments count as none", () => {
  const task = decodeTask(envelopeOf({ body: [null, null] }));
  assert.deepEqual([task.args, task.kwargs, task.embed.chain], [[], {}, null]);
});

test("delivery info marks a redelivery, else the header does", () => {
  const headers = { task: "t", id: "1", redelivered: true };
  /** @param {object} properties */
  const redelivered = (properties) => decodeTask(envelopeOf({ headers, properties })).redelivered;
  assert.equal(redelivered({ delivery_info: { redelivered: true } }), true);
  assert.equal(redelivered({ delivery_info: {} }), false);
  assert.equal(redelivered({}), true);
  assert.equal(decodeTask(envelopeOf({ headers })).headers, null);
});

test("a __proto__ in headers or kwargs pollutes nothing", () => {
  const task = decodeTask(
    decodeEnvelope(
      '{"body": "[[], {\\"__proto__\\": {\\"x\\": 1}}, {}]", "content-type": "application/json", ' +
        '"headers": {"task": "t", "id": "1", "__proto__": {"x": 1}}, "properties": {"__proto__": {"x": 1}}}',
    ),
  );
  assert.deepEqual(Object.keys(task.headers ?? {}), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(task.headers), Object.prototype);
  assert.deepEqual(Object.keys(task.kwargs), ["__proto__"]);
  assert.equal(/** @type {{ x?: unknown }} */ ({}).x, undefined);
});

test("typed arguments arrive as their classes", () => {
  const [values] = /** @type {[Record<string, unknown>]} */ (decoded("typed values").args);
  assert.deepEqual(values.datetime, new DateTime("2026-11-22T10:11:12.123456+00:00"));
  assert.deepEqual(values.decimal, new Decimal("1.10"));
  assert.deepEqual(values.base64, Buffer.from([0, 255, 254, 10]));
});
