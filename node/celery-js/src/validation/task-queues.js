/** The setting `taskQueues`: the queues of a worker, each a name, or an object with the exchange that it is bound to. */
import { TEXT } from "./kinds.js";

/**
 * @typedef {object} TaskQueue
 * @property {string} name
 * @property {string} [exchange] default: the queue's name
 * @property {"topic" | "direct"} [exchangeType] default: that of the broker's other queues
 * @property {string} [routingKey] default: the queue's name
 *
 * @typedef {ReadonlyArray<string | TaskQueue>} TaskQueues
 */

const PARTS = ["name", "exchange", "exchangeType", "routingKey"];

/** @param {unknown} value */
function isQueue(value) {
  if (typeof value === "string") return value !== "";
  if (typeof value !== "object" || value === null) return false;
  const { name, exchangeType = "topic" } = /** @type {TaskQueue} */ (value);
  const hasTexts = Object.entries(value).every(([part, text]) => PARTS.includes(part) && TEXT[1](text));
  return hasTexts && TEXT[1](name) && ["topic", "direct"].includes(exchangeType);
}

/** @type {import("./kinds.js").Kind<TaskQueues>} */
export const QUEUES = [
  "a list of queues, each a name, or an object with name and some of exchange, exchangeType (topic or direct), routingKey",
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
 * @returns {{ exchange: string, routingKey: string, exchangeType: string } | null} where it is bound; null: as any other queue
 */
export function bindingOf(taskQueues, name) {
  const found = taskQueues?.find((queue) => typeof queue === "object" && queue.name === name);
  if (typeof found !== "object" || Object.keys(found).length === 1) return null;
  // "direct" is Celery's default, and means the broker's own.
  return {
    exchange: found.exchange ?? name,
    routingKey: found.routingKey ?? name,
    exchangeType: found.exchangeType ?? "direct",
  };
}
