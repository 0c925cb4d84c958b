/** A decoded message and its task, on their way through the worker (celery.worker.request.Request). */
import { isoToEpochMs } from "../protocol/time.js";

/**
 * @typedef {import("../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("../transport/transport.js").Delivery} Delivery
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
 */

export class Request {
  /** Its run, while it runs. @type {import("./execution.js").Execution | null} */
  execution = null;
  acknowledged = false;

  /**
   * @param {Delivery} delivery
   * @param {TaskMessage} message
   * @param {RegisteredTask} task
   * @param {import("../worker/pools/slots.js").PoolName} pool that runs it
   */
  constructor(delivery, message, task, pool) {
    const { settings } = task.app;
    this.delivery = delivery;
    this.message = message;
    this.task = task;
    this.pool = pool;
    /** When it may start, in ms of the epoch. */
    this.etaMs = message.eta === null ? null : isoToEpochMs(message.eta);
    /** When it may no longer start, in ms of the epoch. */
    this.expiresMs = message.expires === null ? null : isoToEpochMs(message.expires);
    this.timeLimits = timeLimitsOf(message, task.options, settings);
    this.hasTimeLimit = Boolean(this.timeLimits[0] || this.timeLimits[1]);
    /** Whether the message is acknowledged after the task, not before. */
    this.acksLate = task.options.acksLate ?? settings.taskAcksLate;
  }
}

/**
 * `name[id]`, as Celery writes it.
 *
 * @param {string} name
 * @param {string} id
 */
export const label = (name, id) => `${name}[${id}]`;

/**
 * @param {Pick<Request, "task" | "message">} request
 * @returns {string} `name[id]`, as Celery's log has it
 */
export const nameOf = ({ task, message }) => label(message.shadow ?? task.name, message.id);

/**
 * The message's limits, else the task's, else the app's. As in Celery, 0 in a message means that the message sets none,
 * and 0 in a task means no limit, whatever the app says.
 *
 * @param {TaskMessage} message
 * @param {import("../worker/model/types.js").TaskOptions} options the task's
 * @param {import("../settings.js").Settings} settings the app's
 * @returns {[number | null, number | null]} hard and soft, in seconds
 */
function timeLimitsOf({ timelimit: [hard, soft] }, options, settings) {
  return [
    hard || (options.timeLimit ?? settings.taskTimeLimit),
    soft || (options.softTimeLimit ?? settings.taskSoftTimeLimit),
  ];
}
