/** BullMQ's client. */
import { Queue } from "bullmq";
import { QUEUE, TASK } from "../queues/names.js";
import { orders, serve, timed } from "./serve.js";

const { port, mode, count } = orders();
const queue = new Queue(QUEUE, { connection: { host: "127.0.0.1", port } });

/** @param {number} length */
const jobs = (length) => Array.from({ length }, (_, number) => ({ name: TASK, data: { x: number, y: 1 } }));

/** @type {Record<string, () => Promise<Record<string, number>>>} */
const MODES = {
  addBulk: timed(count, (length) => queue.addBulk(jobs(length))),
  single: timed(count, (length) => Promise.all(jobs(length).map(({ name, data }) => queue.add(name, data)))),
};
await queue.waitUntilReady();
serve(MODES[mode]);
