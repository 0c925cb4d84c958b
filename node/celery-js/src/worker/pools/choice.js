/** Which pool runs a task: the one that the task asks for, else the worker's. */

/**
 * @typedef {"async" | "threads"} PoolName async: many at a time on the event loop; threads: each in a thread of its own
 * @typedef {import("../model/types.js").RegisteredTask} RegisteredTask
 * @typedef {import("../model/types.js").TaskRegistry} TaskRegistry
 */

/** @type {readonly PoolName[]} */
export const POOLS = ["async", "threads"];

/** Celery's own tasks have no module of their own; these two call other tasks, and run where those do. */
const CALLING_OTHERS = ["celery.map", "celery.starmap"];

/**
 * @param {RegisteredTask} task
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export function poolOf(task, ofWorker) {
  return task.name.startsWith("celery.") ? "async" : (task.options.pool ?? ofWorker);
}

/**
 * @param {RegisteredTask} task
 * @param {import("../../protocol/message.js").TaskMessage} message
 * @param {TaskRegistry} tasks
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export function poolOfMessage(task, { args, kwargs }, tasks, ofWorker) {
  if (!CALLING_OTHERS.includes(task.name)) return poolOf(task, ofWorker);
  const called = /** @type {{ task?: string } | undefined} */ (kwargs.task ?? args[0])?.task;
  return called !== undefined && tasks.has(called) ? poolOf(tasks.get(called), ofWorker) : "async";
}

/** @param {TaskRegistry} tasks @param {PoolName} ofWorker @returns {string[]} the names of those that run in threads */
export function tasksInThreads(tasks, ofWorker) {
  return tasks.names().filter((name) => poolOf(tasks.get(name), ofWorker) === "threads");
}
