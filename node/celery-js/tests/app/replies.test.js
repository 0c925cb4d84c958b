/** Answers of several workers become one object. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { it } from "node:test";
import { flattenReplies } from "../../src/app/replies.js";

it("answers are one object, keyed by worker name", () => {
  assert.deepEqual(flattenReplies([{ "a@h": 1 }, { "b@h": { ok: "pong" } }]), { "a@h": 1, "b@h": { ok: "pong" } });
});

it("two workers with one name cause Celery's warning", async () => {
  const warned = once(process, "warning");
  assert.deepEqual(flattenReplies([{ "b@h": 1 }, { "a@h": 2 }, { "b@h": 3 }, { "a@h": 4 }]), { "b@h": 3, "a@h": 4 });
  const [{ name, message }] = await warned;
  assert.equal(name, "DuplicateNodenameWarning");
  assert.match(
    message,
    /^Received multiple replies from node names: a@h, b@h\.\nPlease make sure you give each node a unique/,
  );
});
