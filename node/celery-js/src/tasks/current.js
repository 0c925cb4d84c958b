/**
 * The running task: Celery's `current_task`. The worker runs every task inside `taskStorage.run`, and whatever the
 * task calls, awaits or schedules finds its own execution again, however many tasks share the process.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { CeleryError } from "../errors.js";

/**
 * The parts of a running task that the tasks it sends inherit or are added to.
 *
 * @typedef {object} CurrentTask
 * @property {{ id: string, rootId?: string | null, deliveryInfo?: { priority?: unknown } }} context what it reads as `self.request`
 * @property {unknown[]} children results of the tasks that it sent, in order (`request.children`)
 * @property {boolean} [trail] false: its children are not kept
 * @property {Promise<unknown>[]} [sends] messages being sent, which must arrive before the task's own message is acknowledged
 * @property {unknown} [app] the app that the task belongs to
 * @property {boolean} [neverRan] true for a task that ended before it started
 * @property {<T>(operation: () => Promise<T>) => Promise<T>} [persist] repeats a follow-up operation until the server has done it
 * @property {Carrier} [carrier] takes one of its messages instead of the publisher
 *
 * @typedef {Pick<import("../transport/transport.js").Publisher, "publish"> & { taskId: string }} Carrier `taskId`: of the message
 */

/**
 * `taskStorage.run(execution, fn)`: the execution is current in `fn` and in everything that it starts.
 *
 * @type {AsyncLocalStorage<CurrentTask>}
 */
export const taskStorage = new AsyncLocalStorage();

/** @returns {CurrentTask | null} the task that this code is part of; null outside of tasks */
export function currentTask() {
  return taskStorage.getStore() ?? null;
}

/**
 * Adds a result to the children of the task that sent it (Celery's `Task.add_trail`).
 *
 * @param {Pick<CurrentTask, "children" | "trail">} task
 * @param {unknown} result
 */
export function addTrail({ children, trail = true }, result) {
  if (trail) children.push(result);
}

/** Throws inside a task (`celery.result.assert_will_not_block`): tasks that wait for tasks can block each other forever. */
export function refuseInsideTask() {
  if (currentTask() === null) return;
  throw new CeleryError(
    "Never call result.get() within a task! See " +
      "https://docs.celeryq.dev/en/latest/userguide/tasks.html#avoid-launching-synchronous-subtasks",
  );
}
