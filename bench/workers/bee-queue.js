/** bee-queue's worker, with its defaults. */
import BeeQueue from "bee-queue";
import { QUEUE } from "../queues/names.js";
import { orders, serve } from "./serve.js";

const { port, concurrency } = orders();
const queue = new BeeQueue(QUEUE, { redis: { host: "127.0.0.1", port } });
queue.on("error", (error) => process.stderr.write(`bee-queue: ${error.message}\n`));
await queue.ready();
serve(() =>
  queue.process(concurrency, async (/** @type {{ data: { x: number, y: number } }} */ { data }) => data.x + data.y),
);
