/** The settings `taskQueues` and `taskCreateMissingQueues`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Celery, QueueNotFound } from "../../src/index.js";
import { resolveSettings } from "../../src/validation/resolve-settings.js";
import { bindingOf, queueNames } from "../../src/validation/task-queues.js";
import { checkWorkerOptions } from "../../src/worker/lifecycle/options.js";

/** @type {import("../../src/validation/task-queues.js").TaskQueues} */
const QUEUES = [
  "plain",
  { name: "named" },
  { name: "orders", exchange: "shop", exchangeType: "topic", routingKey: "orders.#" },
  { name: "mails", routingKey: "mail" },
];
const queues = resolveSettings({ taskQueues: QUEUES });

test("a worker takes from all of them, or from those that it names", () => {
  assert.deepEqual(checkWorkerOptions({}, queues).queues, ["plain", "named", "orders", "mails"]);
  assert.deepEqual(checkWorkerOptions({ queues: ["other"] }, queues).queues, ["other"]);
  assert.deepEqual(queueNames(resolveSettings({})), ["celery"]);
});

test("a queue is bound where its object says", () => {
  const found = queueNames(queues).map((name) => bindingOf(queues.taskQueues, name));

  const orders = { exchange: "shop", routingKey: "orders.#", exchangeType: "topic" };
  assert.deepEqual(found, [null, null, orders, { exchange: "mails", routingKey: "mail", exchangeType: "direct" }]);
});

for (const [value, what] of /** @type {[any, string][]} */ ([
  [[], "no queue"],
  [["a", 5], "a number"],
  [[{ exchange: "e" }], "no name"],
  [[{ name: "a", exchangeType: "fanout" }], "a broadcast"],
  [[{ name: "a", durable: true }], "an unknown part"],
])) {
  test(`the setting is refused: ${what}`, () => {
    assert.throws(() => resolveSettings({ taskQueues: value }), /taskQueues=.*expected a list of queues/);
  });
}

test("other queues are refused if they are not to be made", async () => {
  const settings = { taskQueues: QUEUES, taskCreateMissingQueues: false };
  const message = /queue 'other' is missing from taskQueues, and taskCreateMissingQueues is false/;
  const app = new Celery("queues", { ...settings, brokerUrl: "redis://127.0.0.1:1/0", taskPublishTimeout: 0.1 });

  await assert.rejects(app.sendTask("t", [], { queue: "other" }), (error) => {
    return error instanceof QueueNotFound && message.test(error.message);
  });
  await assert.rejects(app.sendTask("t", [], { queue: "plain" }), /cannot reach/);
  assert.throws(
    () => checkWorkerOptions({ queues: ["other"] }, resolveSettings(settings)),
    /other is missing from taskQueues/,
  );
  await app.close();
});
