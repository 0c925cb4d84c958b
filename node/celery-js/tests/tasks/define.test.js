import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ImproperlyConfigured } from "../../src/errors.js";
import { task, taskOptions } from "../../src/tasks/define.js";
import { TASK_DEFAULTS } from "../../src/tasks/options.js";

describe("task()", () => {
  test("returns the same function, still callable", () => {
    const fn = (/** @type {number} */ x) => x + 1;
    const defined = task({ maxRetries: 5 }, fn);
    assert.equal(defined, fn);
    assert.equal(defined(1), 2);
    assert.deepEqual(Object.keys(defined), []);
    assert.deepEqual(taskOptions(defined), { maxRetries: 5 });
  });

  test("takes a function alone", () => {
    assert.deepEqual(taskOptions(task(() => 1)), {});
  });

  test("shares its mark with another copy of the package", () => {
    const fn = task({ queue: "q" }, () => 1);
    assert.deepEqual(Reflect.get(fn, Symbol.for("celery-js.task")), { queue: "q" });
  });

  test("a function that it has not seen has no options", () => {
    assert.equal(
      taskOptions(() => 1),
      null,
    );
    assert.equal(taskOptions(undefined), null);
  });

  test("refuses a second call for a function, and other values", () => {
    const add = task(function add() {});
    assert.throws(() => task({ maxRetries: 1 }, add), /^ImproperlyConfigured: task add is already a task/);
    for (const wrong of [[{}], [{}, {}], [undefined, () => 1], [null, () => 1], [() => 1, {}], []]) {
      assert.throws(() => Reflect.apply(task, undefined, wrong), /^ImproperlyConfigured: task\(\) takes /);
    }
    assert.throws(() => Reflect.apply(task, undefined, [class Add {}]), /^ImproperlyConfigured: task Add is a class/);
    assert.throws(() => task(function* add() {}), /^ImproperlyConfigured: task add is a generator function/);
  });
});

describe("options", () => {
  class GatewayError extends Error {}

  test("every option of the right kind is kept as it is", () => {
    const hook = () => {};
    const options = {
      name: "billing.charge",
      bind: true,
      params: ["x"],
      typing: false,
      maxRetries: null,
      defaultRetryDelay: 0.5,
      autoretryFor: [GatewayError, "TimeoutError"],
      dontAutoretryFor: [],
      retryKwargs: { maxRetries: 2 },
      retryBackoff: 2,
      retryBackoffMax: 60,
      retryJitter: false,
      throws: ["KeyError"],
      acksLate: true,
      acksOnFailureOrTimeout: true,
      acksOnFailure: true,
      acksOnTimeout: false,
      rejectOnWorkerLost: true,
      retryOnWorkerLost: true,
      ignoreResult: true,
      storeErrorsEvenIfIgnored: true,
      trackStarted: true,
      timeLimit: 30,
      softTimeLimit: 30,
      rateLimit: "10/m",
      expires: new Date(0),
      priority: 9,
      queue: "q",
      exchange: "e",
      routingKey: "r",
      serializer: /** @type {const} */ ("json"),
      deliveryMode: /** @type {const} */ (1),
      onReplace: () => {},
      shadowName: () => "name",
      sendEvents: false,
      trail: false,
      resultreprMaxsize: 80,
      maxDeliveries: 0,
      deadLetterOnFailure: true,
      beforeStart: hook,
      onSuccess: hook,
      onFailure: hook,
      onRetry: hook,
      afterReturn: hook,
    };
    assert.deepEqual(taskOptions(task(options, () => 1)), options);
  });

  test("null leaves an option to the settings; no limit of retries", () => {
    assert.deepEqual(taskOptions(task({ timeLimit: null, queue: undefined, maxRetries: null }, () => 1)), {
      maxRetries: null,
    });
  });

  /** @type {[Record<string, unknown>, string][]} */
  const refused = [
    [{ maxRetry: 3 }, "unknown option 'maxRetry'; did you mean 'maxRetries'?"],
    [{ max_retries: 3 }, "unknown option 'max_retries'; did you mean 'maxRetries'?"],
    [{ ackslate: true }, "unknown option 'ackslate'; did you mean 'acksLate'?"],
    [{ retries_max: 3 }, "unknown option 'retries_max'"],
    [{ pydantic: true }, "option 'pydantic' exists in Python only: Pydantic is a Python library; use 'schema'"],
    [{ shared: false }, "option 'shared' exists in Python only: a task module belongs to the app that discovers it"],
    [{ toString: 3 }, "unknown option 'toString'"],
    [{ bind: 1 }, "option 'bind' takes true or false, not 1"],
    [{ maxRetries: 1.5 }, "option 'maxRetries' takes a whole number, 0 or more, or null for no limit, not 1.5"],
    [{ maxRetries: "3" }, "option 'maxRetries' takes a whole number, 0 or more, or null for no limit, not \"3\""],
    [{ timeLimit: -1 }, "option 'timeLimit' takes a number of seconds, 0 or more, not -1"],
    [{ timeLimit: Number.NaN }, "option 'timeLimit' takes a number of seconds, 0 or more, not NaN"],
    [
      { autoretryFor: GatewayError },
      "option 'autoretryFor' takes a list of error classes or their names, not a function",
    ],
    [{ autoretryFor: [5] }, "option 'autoretryFor' takes a list of error classes or their names, not an array"],
    [{ retryKwargs: [1] }, "option 'retryKwargs' takes an object of retry options, not an array"],
    [{ retryBackoff: "yes" }, "option 'retryBackoff' takes true, false or a number of seconds, not \"yes\""],
    [
      { rateLimit: "10 per minute" },
      'option \'rateLimit\' takes a number of tasks a second, or a string such as "10/s", "10/m" or "10/h", not "10 per minute"',
    ],
    [{ expires: new Date(Number.NaN) }, "option 'expires' takes a number of seconds or a Date, not an invalid Date"],
    [{ priority: 99 }, "option 'priority' takes a whole number from 0 to 9, not 99"],
    [{ serializer: "pickle" }, "option 'serializer' takes 'json', the only serializer (no pickle), not \"pickle\""],
    [{ queue: "" }, "option 'queue' takes a non-empty string, not \"\""],
    [{ onFailure: "log" }, "option 'onFailure' takes a function, not \"log\""],
    [{ params: "x" }, "option 'params' takes a list of parameters, not \"x\""],
    [
      { retryKwargs: { max_retries: 3 } },
      "option 'retryKwargs': unknown option 'max_retries'; did you mean 'maxRetries'?",
    ],
    [
      { retryKwargs: { countdown: "5" } },
      "option 'retryKwargs': option 'countdown' takes a number of seconds, not \"5\"",
    ],
    [{ softTimeLimit: 31, timeLimit: 30 }, "soft_time_limit must be less than or equal to time_limit"],
  ];
  for (const [options, message] of refused) {
    test(`${Object.keys(options)[0]}: ${message}`, () => {
      assert.throws(
        () => Reflect.apply(task, undefined, [options, function charge() {}]),
        new ImproperlyConfigured(`task charge: ${message}`),
      );
    });
  }

  test('messages name the task by its option "name"', () => {
    assert.throws(
      () => Reflect.apply(task, undefined, [{ name: "billing.charge", x: 1 }, () => 1]),
      new ImproperlyConfigured("task billing.charge: unknown option 'x'"),
    );
    assert.throws(
      () => Reflect.apply(task, undefined, [{ frobnicate: 1 }, () => 1]),
      new ImproperlyConfigured("task(): unknown option 'frobnicate'"),
    );
  });

  test("the defaults are Celery's", () => {
    const { maxRetries, defaultRetryDelay, retryBackoff, retryBackoffMax, retryJitter, typing } = TASK_DEFAULTS;
    assert.deepEqual(
      { maxRetries, defaultRetryDelay, retryBackoff, retryBackoffMax, retryJitter, typing },
      {
        maxRetries: 3,
        defaultRetryDelay: 180,
        retryBackoff: false,
        retryBackoffMax: 600,
        retryJitter: true,
        typing: true,
      },
    );
  });
});
