/** What the errors of amqplib and of the broker mean. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { translated } from "../../../src/transport/amqp/errors.js";
import { Refusal } from "../../../src/transport/errors.js";

for (const error of [new TypeError("Field 'queue' is the wrong type"), new RangeError("Encoded field table")]) {
  test(`what AMQP cannot express is never sent: ${error.name}`, () => {
    const known = translated(error, "amqp://host");

    assert.ok(known instanceof Refusal);
    assert.equal(known.isTemporary, false);
    assert.equal(known.message, `amqp://host: this can never be sent: ${error.message}`);
  });
}

test("a lost connection passes", () => {
  const error = new Error("Connection closed");

  assert.equal(translated(error), error);
});
