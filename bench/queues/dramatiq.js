/** A queue of dramatiq's Redis broker, and the results of its Redis backend. */
import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { celeryQueue } from "./celery.js";
import { QUEUE } from "./names.js";

const BATCH = 1_000;
const ACTOR = "add";

/** @type {import("../systems.js").Queue} */
export const dramatiqQueue = {
  fill,
  expected: (number) => number + 1,
  // Its results are the only keys that expire, too.
  countResults: celeryQueue.countResults,
  results,
};

/** @param {number} number */
const idOf = (number) => `0e5a1b1c-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;

/**
 * What `add.send(number, 1)` writes (`enqueue` of dramatiq/brokers/redis/dispatch.lua).
 *
 * @param {number} port
 * @param {number} count
 */
async function fill(port, count) {
  const client = new Redis(port);
  for (let from = 0; from < count; from += BATCH) {
    const length = Math.min(BATCH, count - from);
    const ids = Array.from({ length }, (_, index) => idOf(from + index));
    await client.hset(`dramatiq:${QUEUE}.msgs`, ...ids.flatMap((id, index) => [id, message(id, from + index)]));
    await client.rpush(`dramatiq:${QUEUE}`, ...ids);
  }
  client.disconnect();
}

/** @param {string} id @param {number} number */
const message = (id, number) =>
  JSON.stringify({
    queue_name: QUEUE,
    actor_name: ACTOR,
    args: [number, 1],
    kwargs: {},
    options: { redis_message_id: id },
    message_id: id,
    message_timestamp: Date.now(),
  });

/** @param {Redis} client @param {number} from @param {number} to */
async function results(client, from, to) {
  const pipeline = client.pipeline();
  for (let number = from; number < to; number++) pipeline.lindex(resultKey(number), 0);
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([, text]) => (typeof text === "string" ? JSON.parse(text) : undefined));
}

/** @param {number} number */
const resultKey = (number) =>
  createHash("md5")
    .update(`dramatiq-results:${QUEUE}:${ACTOR}:${idOf(number)}`)
    .digest("hex");
