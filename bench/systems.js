/** The systems that are compared, in the order in which they take their turns. */
import { bullmqQueue } from "./queues/bullmq.js";
import { celeryQueue } from "./queues/celery.js";

/**
 * @typedef {object} Queue how a system's queue is filled, and how its results are found
 * @property {(port: number, count: number) => Promise<void>} fill puts the tasks 0 to `count` - 1 into the queue; task
 *   `i` adds `i` and 1
 * @property {(client: import("ioredis").Redis) => Promise<number>} countResults how many results are stored; cheap, as
 *   it is asked while the system is measured
 * @property {(client: import("ioredis").Redis, from: number, to: number) => Promise<unknown[]>} results what the tasks
 *   `from` to `to` - 1 returned, undefined for a task without a result
 *
 * @typedef {object} System
 * @property {string} name
 * @property {URL} worker module of its worker process
 * @property {Queue} queue
 */

/** @type {readonly System[]} */
export const SYSTEMS = [
  { name: "celery-js", worker: new URL("./workers/celery-js.js", import.meta.url), queue: celeryQueue },
  { name: "BullMQ", worker: new URL("./workers/bullmq.js", import.meta.url), queue: bullmqQueue },
  { name: "celery-node", worker: new URL("./workers/celery-node.js", import.meta.url), queue: celeryQueue },
];
