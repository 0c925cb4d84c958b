/** The setting `taskAnnotations`: options that override those of tasks. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Celery } from "../../src/index.js";

const none = () => {};

/** @param {unknown} taskAnnotations @param {Record<string, unknown>} [settings] */
const appWith = (taskAnnotations, settings = {}) =>
  new Celery("test", /** @type {any} */ ({ taskAnnotations, ...settings }));

describe("taskAnnotations", () => {
  it("override the options of a task by its name", () => {
    const app = appWith({ "a.b": { rateLimit: "10/m", maxRetries: null } });
    const [named, other] = [app.task("a.b", { maxRetries: 5, timeLimit: 3 }, none), app.task("a.c", none)];
    assert.deepEqual([named.rateLimit, named.maxRetries, named.timeLimit], ["10/m", null, 3]);
    assert.deepEqual([other.rateLimit, other.maxRetries], [null, 3]);
    assert.deepEqual(named.options, { rateLimit: "10/m", maxRetries: null, timeLimit: 3 });
  });

  it('"*" is for all tasks, built-in ones too, and wins over a name', () => {
    const app = appWith({ "*": { timeLimit: 9 }, a: { timeLimit: 3, priority: 2 } });
    const named = app.task("a", none);
    assert.deepEqual([named.timeLimit, named.priority], [9, 2]);
    assert.equal(app.tasks.get("celery.chord_unlock").timeLimit, 9);
  });

  it("of several maps, the first that has the name counts", () => {
    const app = appWith([
      { "*": { priority: 1 } },
      { a: { timeLimit: 3 } },
      { a: { timeLimit: 5 }, "*": { priority: 2 } },
    ]);
    const named = app.task("a", none);
    assert.deepEqual([named.timeLimit, named.priority], [3, 1]);
  });

  it("null leaves an option to the settings", () => {
    const app = appWith({ a: { timeLimit: null } }, { taskTimeLimit: 60 });
    assert.equal(app.task("a", { timeLimit: 3 }, none).timeLimit, 60);
  });

  it("give handlers, which run", async () => {
    /** @type {unknown[]} */
    const seen = [];
    const onFailure = (/** @type {Error} */ { message }) => seen.push(message);
    const app = appWith({ "*": { onFailure } }, { taskAlwaysEager: true });
    const failing = app.task("a", () => {
      throw new Error("no");
    });
    await failing.delay();
    assert.deepEqual(seen, ["no"]);
  });

  /** @type {[unknown, string | RegExp][]} */
  const refused = [
    [{ a: { rateLimt: 1 } }, "setting taskAnnotations[\"a\"]: unknown option 'rateLimt'; did you mean 'rateLimit'?"],
    [[{}, { "*": { bind: true } }], "setting taskAnnotations[\"*\"]: option 'bind' can only be given to task()"],
    [{ a: { timeLimit: "9" } }, /^setting taskAnnotations\["a"\]: option 'timeLimit' takes a number of seconds/],
    [{ a: 5 }, 'setting taskAnnotations={"a":5}: expected an object of task options by task name, or a list of these'],
    [["a"], /^setting taskAnnotations=\["a"\]: expected an object of task options/],
  ];
  for (const [taskAnnotations, message] of refused) {
    it(`refuses ${JSON.stringify(taskAnnotations)}`, () => {
      assert.throws(() => appWith(taskAnnotations), { name: "ImproperlyConfigured", message });
    });
  }

  it("refuse what does not fit the task's own options", () => {
    const app = appWith({ a: { softTimeLimit: 30 } });
    assert.throws(() => app.task("a", { timeLimit: 3 }, none), {
      name: "ImproperlyConfigured",
      message: "task a, with the setting taskAnnotations: soft_time_limit must be less than or equal to time_limit",
    });
  });
});
