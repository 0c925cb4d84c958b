/** The systems that are compared. */
import { dramatiqWorker, nodeWorker, pythonWorker } from "./lib/workers.js";
import { beeQueue } from "./queues/bee-queue.js";
import { bullmqQueue } from "./queues/bullmq.js";
import { celeryQueue, computingQueue, spreadQueue } from "./queues/celery.js";
import { dramatiqQueue } from "./queues/dramatiq.js";

/**
 * @typedef {object} Queue how a system's queue is filled, and how its results are found
 * @property {(port: number, count: number) => Promise<void>} fill puts the tasks 0 to `count` - 1 into the queue;
 * @property {(number: number) => unknown} expected what the task with that number returns
 * @property {(client: import("ioredis").Redis) => Promise<number>} countResults how many results are stored; cheap, as
 *   it is asked while the system is measured
 * @property {(client: import("ioredis").Redis, from: number, to: number) => Promise<unknown[]>} results what the tasks
 *   `from` to `to` - 1 returned, undefined for a task without a result
 *
 * @typedef {object} System
 * @property {string} name
 * @property {import("./lib/workers.js").StartWorker} start starts a worker process
 * @property {Queue} queue
 */

/** @param {string} file @param {string} [mode] as the file knows it */
const inNode = (file, mode) => nodeWorker(new URL(`./workers/${file}`, import.meta.url), mode);

/** @type {System} */
export const CELERY_JS = { name: "celery-js", start: inNode("celery-js.js"), queue: celeryQueue };
/** @type {System} */
export const BULLMQ = { name: "BullMQ", start: inNode("bullmq.js"), queue: bullmqQueue };
/** @type {System} */
export const CELERY_NODE = { name: "celery-node", start: inNode("celery-node.js"), queue: celeryQueue };
/** @type {System} */
export const BEE_QUEUE = { name: "bee-queue", start: inNode("bee-queue.js"), queue: beeQueue };
/** It sends its events. @type {System} */
export const CELERY_JS_EVENTS = { ...CELERY_JS, start: inNode("celery-js.js", "events") };
/** It counts its tasks for Prometheus. @type {System} */
export const CELERY_JS_METRICS = { ...CELERY_JS, start: inNode("celery-js.js", "metrics") };
/** The Python worker, without and with metrics for Prometheus. */
export const RELIABLE = { name: "reliable", start: pythonWorker("reliable", "prefork"), queue: celeryQueue };
export const RELIABLE_METRICS = { ...RELIABLE, start: pythonWorker("metrics", "prefork") };
/** It runs tasks that compute, in threads. @type {System} */
export const CELERY_JS_THREADS = { ...CELERY_JS, start: inNode("celery-js.js", "threads"), queue: computingQueue };
/** It consumes so many queues. @param {number} queues @returns {System} */
export const celeryJsOn = (queues) => ({
  ...CELERY_JS,
  start: inNode("celery-js.js", String(queues)),
  queue: spreadQueue(queues),
});
/** What no worker can exceed. @type {System} */
export const BARE_LOOP = { name: "bare loop", start: inNode("bare-loop.js"), queue: celeryQueue };

/**
 * @param {string} pool Celery's name of the pool
 * @returns {System[]}
 */
export const pythonSystems = (pool) => [
  { name: "reliable", start: pythonWorker("reliable", pool), queue: celeryQueue },
  { name: "stock, late", start: pythonWorker("late", pool), queue: celeryQueue },
  { name: "stock", start: pythonWorker("early", pool), queue: celeryQueue },
  { name: "dramatiq", start: dramatiqWorker(pool), queue: dramatiqQueue },
];
