import assert from "node:assert/strict";
import { test } from "node:test";
import { DecodeError, EncodeError, TaskRevokedError } from "../../src/errors.js";
import { DateTime } from "../../src/protocol/json.js";
import { encodeMeta, nowIso } from "../../src/protocol/result-encoder.js";
import { decodeMeta } from "../../src/protocol/result-meta.js";
import { parseIso, toIso } from "../../src/protocol/time.js";
import { fixture } from "./fixtures.js";

/** @type {Array<{ name: string, text: string }>} */
const results = fixture("results");

/**
 * @param {import("../../src/protocol/result-meta.js").ResultMeta} meta
 * @returns {string}
 */
function encodedAgain(meta) {
  const { raw } = meta;
  const { stamped_headers, ...others } = raw;
  const isExtended = "worker" in raw;
  return encodeMeta({
    ...meta,
    taskId: String(meta.taskId),
    extended: isExtended
      ? {
          name: meta.name,
          args: /** @type {unknown[] | null} */ (meta.args),
          kwargs: /** @type {Record<string, unknown> | null} */ (meta.kwargs),
          worker: meta.worker,
          retries: meta.retries,
          queue: meta.queue,
          stampedHeaders: /** @type {string[] | undefined} */ (stamped_headers),
          stamps: "customer" in others ? { customer: others.customer, unlisted: 1 } : {},
        }
      : null,
  });
}

for (const { name, text } of results) {
  test(`${name}: read from Celery's bytes and stored as the same`, () => {
    assert.equal(encodedAgain(decodeMeta(text)), text);
  });
}

/** @param {string} name */
function stored(name) {
  const found = results.find((result) => result.name === name);
  assert.ok(found);
  return decodeMeta(found.text);
}

test("a stored result is read by its parts", () => {
  const meta = stored("success in a group");
  assert.deepEqual([meta.status, meta.result, meta.children], ["SUCCESS", { a: [1, "é"] }, []]);
  assert.equal(meta.dateDone, "2026-11-22T10:11:12.123456+00:00");
  assert.equal(meta.groupId, "a2c4e6f8-0000-4000-8000-00000000000c");
  assert.equal(meta.parentId, "a2c4e6f8-0000-4000-8000-00000000000b");
  assert.deepEqual(stored("success with children").children, [[["a2c4e6f8-0000-4000-8000-00000000000a", null], null]]);
  assert.deepEqual(stored("extended").args, [1, 2]);
  assert.deepEqual(stored("extended").kwargs, { z: new DateTime("2026-11-22T10:11:12.123456+00:00") });
});

test("an exception is read with its traceback", () => {
  const { result, traceback } = stored("failure: ValueError");
  assert.ok(result instanceof Error);
  assert.deepEqual([result.name, result.message], ["ValueError", "bad value é"]);
  assert.match(String(traceback), /^Traceback/);
  assert.ok(stored("revoked").result instanceof TaskRevokedError);
  assert.equal(stored("retry without a reason").result, null);
});

test("a ready state is dated now, any other is not dated", () => {
  const before = Date.now();
  const { dateDone } = decodeMeta(encodeMeta({ status: "SUCCESS", result: 1, taskId: "1" }));
  assert.ok(parseIso(String(dateDone)) >= before);
  assert.equal(decodeMeta(encodeMeta({ status: "STARTED", result: 1, taskId: "1" })).dateDone, null);
});

for (const ms of [0, 7, 123]) {
  test(`a moment with ${ms} ms is dated like Python's isoformat`, () => {
    const moment = Date.UTC(2026, 10, 22, 10, 11, 12, ms);
    assert.equal(nowIso(moment), toIso(moment));
  });
}

test("an encoded result is stored as it is", () => {
  const text = encodeMeta({ status: "SUCCESS", resultText: "[1.0]", taskId: "1", dateDone: null });
  assert.match(text, /"result": \[1\.0\], /);
});

test("an error is stored in a state of exceptions only", () => {
  const failure = decodeMeta(encodeMeta({ status: "FAILURE", result: new TypeError("x"), taskId: "1" }));
  assert.equal(/** @type {Error} */ (failure.result).name, "TypeError");
  assert.throws(
    () => encodeMeta({ status: "SUCCESS", result: { e: new TypeError("x") }, taskId: "1" }),
    (error) => {
      assert.ok(error instanceof EncodeError);
      assert.equal(error.message, "result.e is a TypeError, which JSON cannot represent; return plain data");
      return true;
    },
  );
});

test("an invalid meta is refused", () => {
  for (const text of ["", "[]", "{}", '{"status": 1}', '{"status": "FAILURE", "result": "text"}']) {
    assert.throws(() => decodeMeta(text), DecodeError, text);
  }
});

test("a stamp is stored by its name, unless that is a member of every result", () => {
  const names = ["tenant", "status", "result", "traceback", "children", "date_done", "task_id", "other"];
  const stamps = Object.fromEntries(names.map((name) => [name, "PENDING"]));
  const extended = { name: "t", args: [], kwargs: {}, worker: "w@h", retries: 0, queue: "q", stamps };

  const text = encodeMeta({
    status: "SUCCESS",
    result: 3,
    taskId: "id1",
    extended: { ...extended, stampedHeaders: names.slice(0, -1) },
  });

  const { raw, ...meta } = decodeMeta(text);
  assert.deepEqual([meta.status, meta.result, meta.taskId, meta.children], ["SUCCESS", 3, "id1", []]);
  assert.deepEqual([raw.tenant, raw.other, raw.stamped_headers], ["PENDING", undefined, names.slice(0, -1)]);
  assert.equal(text.split('"status"').length, 3, "once as a name of stamped_headers");
});
