/** celery-node's client, which can only send tasks one by one and does not say when the server has them. */
import { setImmediate as turn } from "node:timers/promises";
import celeryNode from "celery-node";
import { QUEUE, TASK } from "../queues/names.js";
import { orders, serve, timed } from "./serve.js";

const { url, count } = orders();
const client = celeryNode.createClient(url, url, QUEUE);
await client.isReady();
const { redis } = /** @type {{ redis: import("ioredis").Redis }} */ (/** @type {unknown} */ (client.broker));
serve(
  timed(count, async (length) => {
    for (let number = 0; number < length; number++) client.sendTask(TASK, [number, 1], {});
    // It writes a turn of the loop later. The connection answers in order: this reply comes after all of the others.
    await turn();
    await redis.ping();
  }),
);
