/** The names of the queues of dead letters; `test_rabbitmq_dead_queue.py` has the same ones for Python. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deadQueue } from "../../../src/transport/amqp/dead-queue.js";

test("a queue's dead letters have its name and a suffix", () => {
  assert.equal(deadQueue("js-queue"), "js-queue.dead");
  assert.equal(deadQueue("q".repeat(95)), `${"q".repeat(95)}.dead`);
});

test("a long name ends with a hash, not within a character", () => {
  assert.equal(deadQueue("q".repeat(96)), `${"q".repeat(78)}~f1fcb45fa18e59d4.dead`);
  assert.equal(deadQueue(`a${"é".repeat(120)}`), `a${"é".repeat(38)}~533731b52fb380ff.dead`);
  assert.notEqual(deadQueue(`${"q".repeat(200)}a`), deadQueue(`${"q".repeat(200)}b`));
});
