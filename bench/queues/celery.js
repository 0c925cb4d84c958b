/** A Celery queue, the same for every worker that reads Celery's messages: filled with what a Python client sends. */
import { Redis } from "ioredis";
import { QUEUE, queueNames, SIZE, SPIN, TASK } from "./names.js";

const BATCH = 1_000;
const RESULT_KEYS = /db0:.*\bexpires=(\d+)/;

/** @type {import("../systems.js").Queue} */
export const celeryQueue = {
  fill: (port, count) => fill(port, count, BATCH, (number) => message(number, TASK, `[${number}, 1]`)),
  expected: (number) => number + 1,
  countResults,
  results,
};

const MEGABYTE = 1_000_000;
/** Tasks with an argument of a megabyte. @type {import("../systems.js").Queue} */
export const largeQueue = {
  fill: (port, count) =>
    fill(port, count, 10, (number) => message(number, SIZE, `["${"x".repeat(MEGABYTE + number)}"]`)),
  expected: (number) => MEGABYTE + number,
  countResults,
  results,
};

/** Tasks that compute. @type {import("../systems.js").Queue} */
export const computingQueue = {
  fill: (port, count) => fill(port, count, BATCH, (number) => message(number, SPIN, `[${number}]`)),
  expected: (number) => number,
  countResults,
  results,
};

/** The same tasks on many queues in turn. @param {number} queues @returns {import("../systems.js").Queue} */
export const spreadQueue = (queues) => ({
  ...celeryQueue,
  fill: async (port, count) => {
    const names = queueNames(queues);
    const client = new Redis(port);
    const pipeline = client.pipeline();
    for (const number of numbers(0, count)) {
      const name = names[number % queues];
      pipeline.lpush(name, message(number, TASK, `[${number}, 1]`, name));
    }
    await pipeline.exec();
    client.disconnect();
  },
});

/**
 * @param {number} port
 * @param {number} count
 * @param {number} batch messages that travel together
 * @param {(number: number) => string} text of the message with that number
 */
async function fill(port, count, batch, text) {
  const client = new Redis(port);
  for (let from = 0; from < count; from += batch) {
    const texts = numbers(from, Math.min(from + batch, count)).map(text);
    await client.lpush(QUEUE, ...texts);
  }
  client.disconnect();
}

/** Results are the only keys that expire, so the server has counted them. @param {Redis} client */
async function countResults(client) {
  return Number(RESULT_KEYS.exec(await client.info("keyspace"))?.[1] ?? 0);
}

/** @param {Redis} client @param {number} from @param {number} to */
async function results(client, from, to) {
  const texts = await client.mget(numbers(from, to).map((number) => `celery-task-meta-${taskId(number)}`));
  return texts.map((text) => (text === null ? undefined : JSON.parse(text).result));
}

/**
 * The message of `task.delay(...)`, as Celery 5.7 puts it on the list.
 *
 * @param {number} number
 * @param {string} task
 * @param {string} args as JSON
 * @param {string} [queue]
 */
function message(number, task, args, queue = QUEUE) {
  const id = taskId(number);
  const body = `[${args}, {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]`;
  return (
    `{"body": "${Buffer.from(body).toString("base64")}", "content-encoding": "utf-8", ` +
    `"content-type": "application/json", "headers": {"lang": "py", "task": "${task}", "id": "${id}", "shadow": null, ` +
    `"eta": null, "expires": null, "group": null, "group_index": null, "retries": 0, "timelimit": [null, null], ` +
    `"root_id": "${id}", "parent_id": null, "argsrepr": "(...)", "kwargsrepr": "{}", ` +
    `"origin": "gen1@bench", "ignore_result": false, "replaced_task_nesting": 0, "stamped_headers": null, ` +
    `"stamps": {}}, "properties": {"correlation_id": "${id}", "reply_to": "7aa59379-352d-341a-9d9e-1a090e7cf260", ` +
    `"delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "${queue}"}, "priority": 0, ` +
    `"body_encoding": "base64", "delivery_tag": "${id}"}}`
  );
}

/** @param {number} number */
const taskId = (number) => `0e5a1b1c-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;

/** @param {number} from @param {number} to */
const numbers = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);
