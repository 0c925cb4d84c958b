import assert from "node:assert/strict";
import { test } from "node:test";
import * as states from "../../src/protocol/states.js";

test("the sets of states are Celery's", () => {
  assert.deepEqual([...states.READY_STATES].sort(), ["FAILURE", "REVOKED", "SUCCESS"]);
  assert.deepEqual([...states.EXCEPTION_STATES].sort(), ["FAILURE", "RETRY", "REVOKED"]);
  assert.deepEqual([...states.PROPAGATE_STATES].sort(), ["FAILURE", "REVOKED"]);
});
