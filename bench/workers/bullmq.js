/** BullMQ's worker, with its defaults. */
import { Worker } from "bullmq";
import { QUEUE } from "../queues/names.js";
import { orders, serve } from "./serve.js";

const { port, concurrency } = orders();
const connection = { host: "127.0.0.1", port };
const worker = new Worker(QUEUE, async ({ data }) => data.x + data.y, { connection, concurrency, autorun: false });
worker.on("error", (error) => process.stderr.write(`BullMQ: ${error.message}\n`));
await worker.waitUntilReady();
serve(() => worker.run());
