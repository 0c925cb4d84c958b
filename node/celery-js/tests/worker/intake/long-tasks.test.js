/** Warnings of tasks that may run for longer than the broker lets a worker hold their messages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Celery } from "../../../src/index.js";
import { LongTasks } from "../../../src/worker/intake/long-tasks.js";

/**
 * @param {import("../../../src/transport/transport.js").HoldLimit | null} holdLimit
 * @param {number | null} taskTimeLimit
 * @param {Record<string, number | undefined>} limits of tasks, by name
 */
function warningsOf(holdLimit, taskTimeLimit, limits) {
  const app = new Celery("long", { taskTimeLimit });
  for (const [name, timeLimit] of Object.entries(limits)) {
    app.task(name, timeLimit === undefined ? {} : { timeLimit }, () => {});
  }
  /** @type {string[]} */
  const lines = [];
  const log = /** @type {any} */ ({ warn: (/** @type {string} */ line) => lines.push(line) });
  const longTasks = new LongTasks(holdLimit, log);
  longTasks.warnAtStart(/** @type {any} */ (app));
  return { longTasks, lines };
}

const HOLD_LIMIT = { seconds: 10, consequence: "it runs twice" };

/** @param {string} name @param {number} limitS */
const request = (name, limitS) =>
  /** @type {any} */ ({ task: { name }, message: { id: "id1" }, timeLimits: [limitS, null] });

test("the app's limit is named once, and tasks with their own", () => {
  const { lines } = warningsOf(HOLD_LIMIT, 11, { own: 12, short: 10, none: 0, same: undefined });

  assert.deepEqual(lines, [
    "taskTimeLimit is 11 s, and it runs twice",
    "own has a time limit of 12 s, and it runs twice",
  ]);
});

test("several tasks share one line", () => {
  const { lines } = warningsOf(HOLD_LIMIT, null, { a: 11, b: 12 });

  assert.deepEqual(lines, ["a has a time limit of 11 s, b has a time limit of 12 s, and it runs twice"]);
});

test("a message is warned of once for each task", () => {
  const { longTasks, lines } = warningsOf(HOLD_LIMIT, null, { known: 11, other: 1 });
  lines.length = 0;

  for (const name of ["known", "other", "other"]) longTasks.warnOf(request(name, 20));

  assert.deepEqual(lines, ["other[id1] has a time limit of 20 s, and it runs twice"]);
});

test("a broker that lets a worker hold messages forever has no limit", () => {
  const { longTasks, lines } = warningsOf(null, 1e9, { own: 1e9 });

  assert.deepEqual(lines, []);
  assert.equal(longTasks.limitS, Infinity);
});
