/** The border of the transports: a worker runs on a broker that is nothing but the interface. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { BACKENDS } from "../../src/backend/backend.js";
import { Reject } from "../../src/errors.js";
import { Refusal } from "../../src/transport/errors.js";
import { TRANSPORTS } from "../../src/transport/transport.js";
import { Worker } from "../../src/worker/lifecycle/worker.js";
import { MemoryBroker } from "../support/memory-broker.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";

const DAY_S = 86_400;
const tasks = {
  add: (/** @type {number} */ x, /** @type {number} */ y) => x + y,
  fail: () => {
    throw new RangeError("too far");
  },
};

describe("a worker on a broker in memory", () => {
  /** @type {MemoryBroker} */
  let broker;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let started;

  beforeEach(async () => {
    broker = new MemoryBroker();
    TRANSPORTS.push(broker.transport);
    BACKENDS.push(broker.backend);
    const putBack = () => {
      broker.held.clear(); // as if another worker had the message now
      throw new Reject("later", { requeue: true });
    };
    started = await startWorker("memory://here", { ...tasks, putBack }, { options: { withoutMingle: true } });
  });
  afterEach(async () => {
    await started.stop();
    TRANSPORTS.pop();
    BACKENDS.pop();
  });

  const stateOf = (/** @type {string} */ taskId) => JSON.parse(broker.results.get(taskId) ?? "{}").status;

  it("stores results in the backend, and then acknowledges", async () => {
    /** @type {string[]} */
    const storedBefore = [];
    broker.onSettle = (items) => {
      for (const { taskId, result } of items) storedBefore.push(`${stateOf(taskId)}${result}`);
    };

    const [sum, failure] = [await started.app.sendTask("add", [1, 2]), await started.app.sendTask("fail")];
    await waitUntil(() => broker.operations.length > 0 && broker.held.size === 0 && storedBefore.length === 2);

    assert.equal(JSON.parse(broker.results.get(sum.id) ?? "{}").result, 3);
    assert.equal(stateOf(failure.id), "FAILURE");
    assert.deepEqual(storedBefore, ["SUCCESS", "FAILURE"]);
  });

  it("reports a message that another worker has taken over", async () => {
    broker.onSettle = () => broker.held.clear();

    const { id } = await started.app.sendTask("add", [1, 2]);

    await waitUntil(() => started.lines.some(({ msg }) => msg.startsWith(`Task ${id} had no message left`)));
  });

  it("reports a message that it cannot put back", async () => {
    const { id } = await started.app.sendTask("putBack");

    await waitUntil(() =>
      started.lines.some(
        ({ msg, task_id }) => task_id === id && msg.startsWith(`Task ${id} had no message left to put`),
      ),
    );
    assert.deepEqual(broker.queue("q"), []);
  });

  it("buries what no worker can run", async () => {
    broker.queue("q").push("no envelope");

    await waitUntil(() => broker.dead.length === 1);

    const [{ queue, raw, reason }] = broker.dead;
    assert.deepEqual([queue, raw, reason], ["q", "no envelope", "DecodeError"]);
  });

  it("holds a far eta where the broker cannot park", async () => {
    const { dispatcher } = Worker.partsOf(/** @type {Worker} */ (started.worker));
    await started.app.sendTask("add", [1, 2], { countdown: DAY_S });
    await waitUntil(() => dispatcher.requests.scheduled.length === 1);

    await started.worker.stop();

    assert.equal(broker.held.size, 0);
    assert.equal(broker.queue("q").length, 1);
  });

  it("continues after the broker refused to deliver", async () => {
    const { taskConsumer } = Worker.partsOf(/** @type {Worker} */ (started.worker));
    const { take } = taskConsumer;
    taskConsumer.take = async () => {
      taskConsumer.take = take;
      throw new Refusal("out of memory", { scope: "server" });
    };

    const { id } = await started.app.sendTask("add", [1, 2]);
    await waitUntil(() => stateOf(id) === "SUCCESS");

    assert.ok(started.lines.some(({ msg }) => msg.startsWith("Cannot take messages: out of memory")));
  });
});
