/** A BullMQ queue. Completed jobs are kept (BullMQ's default), since that is where their results are. */
import { Queue } from "bullmq";
import { QUEUE, TASK } from "./names.js";

const BATCH = 1_000;

/** @type {import("../systems.js").Queue} */
export const bullmqQueue = { fill, expected: (number) => number + 1, countResults, results };

/** @param {number} port @param {number} count */
async function fill(port, count) {
  const queue = new Queue(QUEUE, { connection: { host: "127.0.0.1", port } });
  for (let from = 0; from < count; from += BATCH) {
    const length = Math.min(BATCH, count - from);
    await queue.addBulk(Array.from({ length }, (_, index) => ({ name: TASK, data: { x: from + index, y: 1 } })));
  }
  await queue.close();
}

/** @param {import("ioredis").Redis} client */
async function countResults(client) {
  return client.zcard(`bull:${QUEUE}:completed`);
}

/**
 * Jobs have the numbers 1, 2, 3, ... in the order in which they were added.
 *
 * @param {import("ioredis").Redis} client
 * @param {number} from
 * @param {number} to
 */
async function results(client, from, to) {
  const pipeline = client.pipeline();
  for (let number = from; number < to; number++) pipeline.hget(`bull:${QUEUE}:${number + 1}`, "returnvalue");
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([, text]) => (typeof text === "string" ? JSON.parse(text) : undefined));
}
