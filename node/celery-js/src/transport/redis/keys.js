/**
 * All keys of the Redis transport. Those that kombu defines have kombu's names and formats
 * (kombu/transport/redis.py); ours begin with `celery.`. docs/delivery.md says what is in each.
 */

/** kombu's separator between a queue's name and its priority step, and between the fields of a binding. */
export const SEPARATOR = "\x06\x16";

/** kombu's PRIORITY_STEPS. On Redis the lowest number is taken first. */
const PRIORITY_STEPS = Object.freeze([0, 3, 6, 9]);

/** What the keys of bindings and of results begin with: none of them is a queue's. */
const NOT_OF_QUEUES = ["_kombu.binding", "celery-task-meta-", "celery-taskset-meta-"];

/**
 * @typedef {object} KeyNames the keys that have one name
 * @property {string} unacked hash: delivery tag -> `[message, exchange, routing key]` (kombu)
 * @property {string} unackedIndex zset: delivery tag -> time of delivery in seconds (kombu)
 * @property {string} leases zset: delivery tag -> end of its lease in ms of the server's clock
 * @property {string} parked zset: delivery tag -> eta in ms, of messages that no worker holds until then
 * @property {string} deliveries hash: task id -> how many of its workers were lost
 * @property {string} counted zset: task id -> when that was last counted, in ms
 * @property {string} started set: delivery tags of running messages whose worker was lost before
 * @property {string} sweep hash: when the last sweep ran, and when expired leases may next be taken away
 * @property {string} measured hash: queue -> until when in ms, and which worker reports it (measure.lua)
 *
 * @typedef {object} QueueKeys
 * @property {(queue: string, priority?: number) => string} queue list of a queue's priority step
 * @property {(queue: string) => string} dead list of a queue's dead letters
 * @property {(exchange: string) => string} bindings set of an exchange's bindings (kombu)
 * @property {(exchange: string) => string} permanentBindings set (kombu 5.7)
 * @property {(exchange: string, routingKey?: string) => string} fanout pub/sub channel of a fanout exchange, with kombu's
 *   `fanout_patterns`, which are on by default
 * @property {readonly number[]} steps
 *
 * @typedef {KeyNames & QueueKeys} Keys
 */

/**
 * @param {{ globalKeyprefix?: string, prioritySteps?: readonly number[], db?: number }} [options]
 * @returns {Keys}
 */
export function redisKeys({ globalKeyprefix: prefix = "", prioritySteps = PRIORITY_STEPS, db = 0 } = {}) {
  const steps = [...prioritySteps].sort((a, b) => a - b);
  return {
    unacked: `${prefix}unacked`,
    unackedIndex: `${prefix}unacked_index`,
    leases: `${prefix}celery.leases`,
    parked: `${prefix}celery.parked`,
    deliveries: `${prefix}celery.deliveries`,
    counted: `${prefix}celery.counted`,
    started: `${prefix}celery.started`,
    sweep: `${prefix}celery.sweep`,
    measured: `${prefix}celery.measured`,
    queue: (queue, priority = 0) => {
      const step = stepOf(priority, steps);
      return step === 0 ? `${prefix}${queue}` : `${prefix}${queue}${SEPARATOR}${step}`;
    },
    dead: (queue) => `${prefix}${queue}.dead`,
    bindings: (exchange) => `${prefix}_kombu.binding.${exchange}`,
    permanentBindings: (exchange) => `${prefix}_kombu.binding_permanent.${exchange}`,
    fanout: (exchange, routingKey = "") => `${prefix}/${db}.${exchange}${routingKey === "" ? "" : `/${routingKey}`}`,
    steps,
  };
}

/** The keys of the protocol, without a prefix. @type {ReadonlySet<unknown>} */
const OWN = new Set(Object.values(redisKeys()).filter((key) => typeof key === "string"));

/**
 * @param {string} queue
 * @returns {string | null} why nothing may be sent to a queue of this name; null if it may
 */
export function refusalOfKey(queue) {
  if (OWN.has(queue)) return `invalid queue '${queue}': its key is one of the delivery protocol's; choose another name`;
  const isOther = NOT_OF_QUEUES.some((start) => queue.startsWith(start));
  return isOther ? `invalid queue '${queue}': its key is one of bindings or results; choose another name` : null;
}

/**
 * @param {string} queue
 * @returns {string | null} why no worker may consume a queue of this name; null if it may
 */
export function refusalOfQueue(queue) {
  const isDead = queue.endsWith(".dead");
  return (
    refusalOfKey(queue) ?? (isDead ? `invalid queue '${queue}': it keeps dead letters; choose another name` : null)
  );
}

/**
 * The prefix of the keys of results. Celery's rule for `global_keyprefix` differs from that for the broker's keys, which
 * use it unchanged (`BaseKeyValueStoreBackend._add_global_keyprefix`).
 *
 * @param {string} [globalKeyprefix]
 * @returns {string} the task's id follows
 */
export function resultKeyPrefix(globalKeyprefix = "") {
  return `${separated(globalKeyprefix)}celery-task-meta-`;
}

/**
 * The same for groups.
 *
 * @param {string} [globalKeyprefix]
 * @returns {string} the group's id follows
 */
export function groupKeyPrefix(globalKeyprefix = "") {
  return `${separated(globalKeyprefix)}celery-taskset-meta-`;
}

/** @param {string} prefix */
const separated = (prefix) => (prefix === "" || /[:_\-.]$/.test(prefix) ? prefix : `${prefix}_`);

/**
 * @param {Pick<Keys, "unacked" | "unackedIndex" | "leases" | "deliveries" | "counted" | "started">} keys
 * @returns {string[]} the keys that a held message may be in; `settle`, `bury` and `restore` begin their KEYS with them
 */
export function keysOfHeld({ unacked, unackedIndex, leases, deliveries, counted, started }) {
  return [unacked, unackedIndex, leases, deliveries, counted, started];
}

/**
 * @param {number} priority 0 to 9; anything else is limited to that, as kombu does
 * @param {readonly number[]} steps ascending
 * @returns {number} the step whose list a message of this priority is in
 */
export function stepOf(priority, steps) {
  const limited = Number.isFinite(priority) ? Math.max(0, Math.min(9, Math.trunc(priority))) : 0;
  let chosen = steps[steps.length - 1];
  for (const step of steps) {
    if (step > limited) break;
    chosen = step;
  }
  return chosen;
}
