/** The setting `taskQueues`: the queues of a worker, each a name, or an object with the exchange that it is bound to. */
import { ImproperlyConfigured } from "../errors.js";
import { TEXT } from "./kinds.js";

/**
 * @typedef {object} TaskQueue
 * @property {string} name
 * @property {string} [exchange] default: the queue's name
 * @property {"topic" | "direct"} [exchangeType] default: that of the broker's other queues
 * @property {string} [routingKey] default: the queue's name
 *
 * @typedef {ReadonlyArray<string | TaskQueue>} TaskQueues
 *
 * @typedef {{ exchange: string, routingKey: string, exchangeType: string }} Place where a queue is bound; "direct", Celery's
 *   default, means the broker's own type
 */

const PARTS = ["name", "exchange", "exchangeType", "routingKey"];
const TYPES = ["topic", "direct"];

/** @param {unknown} value */
function isQueue(value) {
  if (typeof value === "string") return value !== "";
  if (typeof value !== "object" || value === null) return false;
  const { name, exchangeType = "topic" } = /** @type {TaskQueue} */ (value);
  const hasTexts = Object.entries(value).every(([part, text]) => PARTS.includes(part) && TEXT[1](text));
  return hasTexts && TEXT[1](name) && TYPES.includes(exchangeType);
}

/** @type {import("./kinds.js").Kind<TaskQueues>} */
export const QUEUES = [
  "a list of queues, each a name, or an object with name and some of exchange, exchangeType (topic or direct; " +
    "a Node worker consumes no broadcasts), routingKey",
  (value) => Array.isArray(value) && value.length > 0 && value.every(isQueue),
];

/**
 * @param {{ taskQueues: TaskQueues | null, taskDefaultQueue: string }} settings
 * @returns {string[]} their names; without the setting, that of the default queue
 */
export const queueNames = ({ taskQueues, taskDefaultQueue }) =>
  taskQueues?.map((queue) => (typeof queue === "string" ? queue : queue.name)) ?? [taskDefaultQueue];

/**
 * @param {TaskQueues | null} taskQueues
 * @param {string} name
 * @returns {Place | null} where it is bound; null: as any other queue
 */
export function bindingOf(taskQueues, name) {
  const found = taskQueues?.find((queue) => typeof queue === "object" && queue.name === name);
  if (typeof found !== "object" || Object.keys(found).length === 1) return null;
  return placeOf(name, found);
}

/**
 * @param {string} name of a queue
 * @param {{ exchange?: string | null, routingKey?: string | null, exchangeType?: string | null }} [given]
 * @returns {Place} by Celery's defaults
 */
export const placeOf = (name, { exchange, routingKey, exchangeType } = {}) => ({
  exchange: exchange ?? name,
  routingKey: routingKey ?? name,
  exchangeType: exchangeType ?? "direct",
});

/**
 * A queue of a fanout exchange would belong to one worker, and get a copy of each message. Node workers consume none.
 *
 * @param {string} queue
 * @param {string} exchangeType that a setting or a command names for it
 * @throws {ImproperlyConfigured} for another type than direct and topic
 */
export function checkExchangeType(queue, exchangeType) {
  if (TYPES.includes(exchangeType)) return;
  throw new ImproperlyConfigured(
    `queue '${queue}': a Node worker consumes from direct and topic exchanges, not from a ${exchangeType} exchange`,
  );
}
