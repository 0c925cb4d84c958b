/** A decoded message and its task, on their way through the worker (celery.worker.request.Request). */
import { isoToEpochMs } from "../protocol/time.js";

/**
 * @typedef {import("../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("../transport/transport.js").Delivery} Delivery
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
 * @typedef {import("../worker/model/types.js").TaskRegistry} TaskRegistry
 * @typedef {import("../worker/pools/slots.js").PoolName} PoolName
 */

/** Celery's own tasks have no module; these two call other tasks, and run where those run. */
const CALLING_OTHERS = ["celery.map", "celery.starmap"];

export class Request {
  /** Its run, while it runs. @type {import("./execution.js").Execution | null} */
  execution = null;
  acknowledged = false;
  /** Its index in the dispatcher's list of running requests. */
  runningIndex = -1;
  /** Cached fields of its log lines (`taskFields`). @type {Record<string, string | undefined> | null} */
  logFields = null;

  /**
   * @param {Delivery} delivery
   * @param {TaskMessage} message
   * @param {RegisteredTask} task
   * @param {PoolName} pool that runs it
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
 * @param {Pick<Request, "task" | "message">} request
 * @returns {string} `name[id]`, as Celery's log has it
 */
export const nameOf = ({ task, message }) => `${message.shadow ?? task.name}[${message.id}]`;

/**
 * The fields of a log line about a task, in JSON. They have the same names in a Python worker (celery_reliable/logs.py), so
 * that one `root_id` finds a workflow over both languages.
 *
 * @param {Pick<Request, "message" | "task" | "delivery" | "execution">} request
 * @returns {Record<string, string | undefined>}
 */
export const taskFields = ({ message, task, delivery, execution }) => {
  const fields = messageFields(message);
  return { ...fields, trace_id: execution?.span?.traceId ?? fields.trace_id, task: task.name, queue: delivery.queue };
};

/**
 * @param {TaskMessage} message
 * @returns {Record<string, string | undefined>}
 */
export const messageFields = ({ id, name, rootId, parentId, rawHeaders }) => ({
  task: name,
  task_id: id,
  root_id: rootId ?? id,
  parent_id: parentId ?? undefined,
  trace_id: traceIdIn(rawHeaders),
});

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
 * @param {TaskMessage} message
 * @param {TaskRegistry} tasks
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export function poolOfMessage(task, { args, kwargs }, tasks, ofWorker) {
  if (!CALLING_OTHERS.includes(task.name)) return poolOf(task, ofWorker);
  const called = /** @type {{ task?: string } | undefined} */ (kwargs.task ?? args[0])?.task;
  return called !== undefined && tasks.has(called) ? poolOf(tasks.get(called), ofWorker) : "async";
}

/** `traceparent` of the W3C: version, trace, span, flags. */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/**
 * @param {Readonly<Record<string, unknown>>} headers
 * @returns {string | undefined} the id of the trace that a message belongs to
 */
export function traceIdIn({ traceparent }) {
  return typeof traceparent === "string" ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
}
