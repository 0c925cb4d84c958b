/** The attributes of a task: each option with the value in force. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Celery, task } from "../../src/index.js";
import { ATTRIBUTES } from "../../src/tasks/attributes.js";

const none = () => {};

/** @param {Record<string, unknown>} [options] @param {Record<string, unknown>} [settings] @returns {any} */
const taskWith = (options = {}, settings = {}) => new Celery("test", settings).task("a", options, none);

describe("the attributes of a task", () => {
  it("are Celery's defaults without options and settings", () => {
    const made = taskWith();
    assert.deepEqual([made.maxRetries, made.defaultRetryDelay, made.rateLimit, made.timeLimit], [3, 180, null, null]);
    assert.deepEqual([made.ignoreResult, made.trackStarted, made.sendEvents, made.trail], [false, false, true, true]);
    assert.deepEqual([made.serializer, made.resultreprMaxsize, made.typing, made.bind], ["json", 1024, true, false]);
    assert.deepEqual([made.acksLate, made.acksOnFailure, made.acksOnTimeout], [true, true, true]);
    assert.deepEqual([made.throws, made.autoretryFor, made.retryKwargs], [[], [], {}]);
  });

  it("all have a value, but for those whose type has null", () => {
    const made = taskWith();
    const unset = ATTRIBUTES.filter((name) => made[name] === null).sort();
    assert.deepEqual(unset, [
      ...["compression", "deliveryMode", "exchange", "expires", "params", "pool", "priority", "queue", "rateLimit"],
      ...["routingKey", "schema", "softTimeLimit", "timeLimit"],
    ]);
    assert.deepEqual(
      ATTRIBUTES.filter((name) => made[name] === undefined),
      [],
    );
  });

  it("are the settings' where the task has none", () => {
    const settings = {
      ...{ taskTimeLimit: 9, taskSoftTimeLimit: 8, taskDefaultRateLimit: "5/m", taskDefaultPriority: 4 },
      ...{ taskIgnoreResult: true, taskAcksLate: false, taskRejectOnWorkerLost: true, maxDeliveries: 2 },
    };
    const made = taskWith({}, settings);
    assert.deepEqual([made.timeLimit, made.softTimeLimit, made.rateLimit, made.priority], [9, 8, "5/m", 4]);
    assert.deepEqual(
      [made.ignoreResult, made.acksLate, made.rejectOnWorkerLost, made.maxDeliveries],
      [true, false, true, 2],
    );
  });

  it("are the task's own before the settings'", () => {
    const made = taskWith(
      { timeLimit: 0, acksLate: true, maxRetries: null },
      { taskTimeLimit: 9, taskAcksLate: false },
    );
    assert.deepEqual([made.timeLimit, made.acksLate, made.maxRetries], [0, true, null]);
  });

  it("acksOnFailure and acksOnTimeout follow Celery's precedence", () => {
    const older = taskWith({ acksOnFailureOrTimeout: false });
    assert.deepEqual([older.acksOnFailure, older.acksOnTimeout], [false, false]);
    const newer = taskWith({ acksOnFailureOrTimeout: false }, { taskAcksOnTimeout: true });
    assert.deepEqual([newer.acksOnFailure, newer.acksOnTimeout], [false, true]);
  });

  it("cannot be set", () => {
    assert.throws(() => Object.assign(taskWith(), { maxRetries: 5 }), {
      name: "TypeError",
      message: "task a: 'maxRetries' cannot be changed; it is an option of task(), and of the setting taskAnnotations",
    });
  });

  it("are those of `self`, also in an eager task", async () => {
    const app = new Celery("test", { taskAlwaysEager: true, taskSoftTimeLimit: 7 });
    const bound = app.task(
      "bound",
      task({ bind: true, maxRetries: 2, retryKwargs: { countdown: 0 } }, (self) => {
        if (self.request.retries < (self.maxRetries ?? 0)) self.retry({ countdown: 0 });
        return [self.request.retries >= Number(self.maxRetries), self.softTimeLimit, self.defaultRetryDelay];
      }),
    );

    assert.deepEqual(await (await bound.delay()).get(), [true, 7, 180]);
  });
});
