/** The retry policy of a message: a worker's follow-up does not occupy its slot for as long as a sender likes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toSignature } from "../../src/canvas/signature.js";
import { Celery } from "../../src/index.js";
import { prepare } from "../../src/publishing/send.js";

const app = new Celery("test", { brokerUrl: "redis://127.0.0.1:1" });
const WEEKS_S = 2_000_000;
const wire = { max_retries: null, interval_start: WEEKS_S, interval_step: WEEKS_S, interval_max: WEEKS_S };
const { retryPolicy } = toSignature({ task: "a", options: { retry_policy: wire } }, app).options;
/** @type {any} */
const task = { context: {}, children: [], sends: [], app };

test("a follow-up is repeated soon, whatever its message says", () => {
  const followUp = { ...task, persist: (/** @type {() => unknown} */ operation) => operation() };

  const { publication } = prepare(app, "a", [], { retryPolicy }, followUp);

  const short = { maxRetries: 3, intervalStart: 3, intervalStep: 3, intervalMax: 3, retryErrors: null };
  assert.deepEqual(publication.retryPolicy, short);
});

test("what a task sends itself keeps its policy", () => {
  const { publication } = prepare(app, "a", [], { retryPolicy }, task);

  assert.equal(publication.retryPolicy?.intervalMax, WEEKS_S);
  assert.equal(publication.retryPolicy?.maxRetries, null);
});
