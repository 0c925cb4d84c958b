/** Results that are stored before a client reads them. */
import { Redis } from "ioredis";

const BATCH = 1_000;

/**
 * @param {number} characters of each result
 * @returns {(port: number, count: number) => Promise<void>} stores the results of the tasks `bench-0`, `bench-1`, ...
 */
export const storeResults = (characters) => async (port, count) => {
  const client = new Redis(port);
  const text = "x".repeat(characters);
  for (let from = 0; from < count; from += BATCH) {
    const pipeline = client.pipeline();
    for (let number = from; number < Math.min(from + BATCH, count); number++) {
      const meta = { status: "SUCCESS", result: text, traceback: null, children: [], task_id: `bench-${number}` };
      pipeline.set(`celery-task-meta-bench-${number}`, JSON.stringify(meta), "EX", 86_400);
    }
    await pipeline.exec();
  }
  client.disconnect();
};
