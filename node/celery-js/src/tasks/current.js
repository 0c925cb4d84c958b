/**
 * Which task is running here: Celery's `current_task`. The worker runs every task inside `runInExecution`, and whatever the
 * task calls, awaits or schedules finds its own execution again, however many tasks share the process.
 */
import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What a running task hands on to the tasks that it sends.
 *
 * @typedef {object} ExecutionRequest
 * @property {string} id
 * @property {string | null} [rootId] the task that started it all
 * @property {{ priority?: number | null }} [deliveryInfo]
 */

/**
 * @typedef {object} Execution
 * @property {ExecutionRequest} request
 * @property {{ asTuple: () => unknown }[]} children results of the tasks that it sent, in order (`request.children`)
 * @property {unknown} app the app that the task belongs to
 * @property {boolean} [trail] false keeps `children` empty (Celery's `Task.trail`)
 */

/** @type {AsyncLocalStorage<Execution>} */
const executions = new AsyncLocalStorage();

/** @returns {Execution | null} the execution that this code is part of; null outside of tasks */
export function currentExecution() {
  return executions.getStore() ?? null;
}

/**
 * @template T
 * @param {Execution} execution
 * @param {() => T} fn
 * @returns {T} what `fn` returns; the execution stays current in everything that `fn` starts
 */
export function runInExecution(execution, fn) {
  return executions.run(execution, fn);
}
