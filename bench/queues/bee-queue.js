/** A bee-queue queue. It keeps no results: what counts is that a job is kept as succeeded. */
import BeeQueue from "bee-queue";
import { QUEUE } from "./names.js";

const BATCH = 1_000;

/** @type {import("../systems.js").Queue} */
export const beeQueue = {
  fill,
  expected: (number) => number,
  countResults: (client) => client.scard(`bq:${QUEUE}:succeeded`),
  results,
};

/** @param {number} port @param {number} count */
async function fill(port, count) {
  const queue = new BeeQueue(QUEUE, { redis: { host: "127.0.0.1", port }, isWorker: false, storeJobs: false });
  for (let from = 0; from < count; from += BATCH) {
    const length = Math.min(BATCH, count - from);
    await queue.saveAll(Array.from({ length }, (_, index) => queue.createJob({ x: from + index, y: 1 })));
  }
  await queue.close();
}

/**
 * Jobs have the numbers 1, 2, 3, ... in the order in which they were added.
 *
 * @param {import("ioredis").Redis} client
 * @param {number} from
 * @param {number} to
 * @returns {Promise<unknown[]>} the first argument of each job that has succeeded
 */
async function results(client, from, to) {
  const ids = Array.from({ length: to - from }, (_, index) => String(from + index + 1));
  const texts = await client.hmget(`bq:${QUEUE}:jobs`, ...ids);
  const jobs = texts.map((text) => (text === null ? {} : JSON.parse(text)));
  return jobs.map(({ status, data }) => (status === "succeeded" ? data.x : undefined));
}
