/** One message on its way through the worker (celery.worker.request.Request), and what its task sees of it. */
/**
 * @typedef {import("../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
 *
 * @typedef {object} Request
 * @property {Delivery} delivery
 * @property {TaskMessage} message
 * @property {RegisteredTask} task
 * @property {import("../worker/pools/choice.js").PoolName} pool that runs it
 * @property {import("./execution.js").Execution | null} execution once it runs
 * @property {number | null} etaMs
 * @property {number | null} expiresMs
 * @property {[number | null, number | null]} timeLimits see `timeLimitsOf`
 * @property {boolean} acksLate whether the message is acknowledged after the task, not before
 * @property {boolean} acknowledged
 */

/** `name[id]`, as Celery writes it. @param {string} name @param {string} id */
export const label = (name, id) => `${name}[${id}]`;

/** @param {Pick<Request, "task" | "message">} request @returns {string} `name[id]`, as Celery's log has it */
export const nameOf = ({ task, message }) => label(message.shadow ?? task.name, message.id);

/**
 * The message's limits, else the task's, else the app's. As in Celery a message's 0 is none of its own, and a task's 0 is no
 * limit, whatever the app says.
 *
 * @param {TaskMessage} message
 * @param {import("../worker/model/types.js").TaskOptions} options the task's
 * @param {import("../settings.js").Settings} settings the app's
 * @returns {[number | null, number | null]} hard and soft, in seconds
 */
export function timeLimitsOf({ timelimit: [hard, soft] }, options, settings) {
  return [
    hard || (options.timeLimit ?? settings.taskTimeLimit),
    soft || (options.softTimeLimit ?? settings.taskSoftTimeLimit),
  ];
}

/** @typedef {{ asTuple: () => unknown }} Child a result of a task that this one sent */

/**
 * What a task reads as `self.request`: Celery's Context (celery.app.task.Context), in camelCase. What travels inside
 * `headers`, `properties`, `deliveryInfo` and `stamps` stays as it was on the wire; only `properties.delivery_tag` is, as in
 * Celery, the tag of this delivery.
 */
export class Context {
  calledDirectly = false;
  isEager = false;

  /**
   * @param {Pick<Request, "message" | "timeLimits"> & { delivery?: Delivery }} request an eager task has no delivery
   * @param {{ hostname: string, children: Child[] }} execution
   */
  constructor({ message, timeLimits, delivery }, { hostname, children }) {
    this.id = message.id;
    this.task = message.name;
    this.args = message.args;
    this.kwargs = message.kwargs;
    this.retries = message.retries;
    this.eta = message.eta;
    this.expires = message.expires;
    this.rootId = message.rootId ?? message.id;
    this.parentId = message.parentId;
    this.group = message.group;
    this.groupIndex = message.groupIndex;
    this.callbacks = message.embed.callbacks;
    this.errbacks = message.embed.errbacks;
    this.chain = message.embed.chain;
    this.chord = message.embed.chord;
    this.shadow = message.shadow;
    this.origin = message.origin;
    this.replyTo = message.replyTo;
    this.correlationId = message.correlationId;
    this.headers = message.headers;
    this.properties = delivery ? { ...message.properties, delivery_tag: delivery.tag } : message.properties;
    this.deliveryInfo = message.deliveryInfo;
    this.hostname = hostname;
    this.ignoreResult = message.ignoreResult;
    this.timeLimit = timeLimits[0];
    this.softTimeLimit = timeLimits[1];
    this.stampedHeaders = message.stampedHeaders;
    this.stamps = message.stamps;
    this.replacedTaskNesting = message.replacedTaskNesting;
    this.children = children;
  }
}
