/** Which pool runs a task: the one that the task asks for, else the worker's. */
export type PoolName = "async" | "threads";
export type RegisteredTask = import("../model/types.js").RegisteredTask;
export type TaskRegistry = import("../model/types.js").TaskRegistry;
/**
 * @typedef {"async" | "threads"} PoolName async: many at a time on the event loop; threads: each in a thread of its own
 * @typedef {import("../model/types.js").RegisteredTask} RegisteredTask
 * @typedef {import("../model/types.js").TaskRegistry} TaskRegistry
 */
/** @type {readonly PoolName[]} */
export declare const POOLS: readonly PoolName[];
/**
 * @param {RegisteredTask} task
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export declare function poolOf(task: RegisteredTask, ofWorker: PoolName): PoolName;
/**
 * @param {RegisteredTask} task
 * @param {import("../../protocol/message.js").TaskMessage} message
 * @param {TaskRegistry} tasks
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export declare function poolOfMessage(task: RegisteredTask, { args, kwargs }: import("../../protocol/message.js").TaskMessage, tasks: TaskRegistry, ofWorker: PoolName): PoolName;
/** @param {TaskRegistry} tasks @param {PoolName} ofWorker @returns {string[]} the names of those that run in threads */
export declare function tasksInThreads(tasks: TaskRegistry, ofWorker: PoolName): string[];
