/** celery-js at the rows: a line of JSON is a call of a method of its result backend, and so is its answer. */
import { createInterface } from "node:readline";
import { Celery } from "../../../node/celery-js/src/index.js";
import { encodeMeta } from "../../../node/celery-js/src/protocol/result-encoder.js";

const app = new Celery("driver", JSON.parse(process.argv[2]));

const CALLS = {
  store: ({ error, ...meta }) =>
    app.backend.storeText(meta.taskId, encodeMeta(error ? { ...meta, result: new RangeError(error) } : meta)),
  meta: async (id) => {
    const { result, raw, ...meta } = (await app.backend.get(id)) ?? {};
    return { ...meta, stamps: raw?.tenant ?? null, result: result instanceof Error ? String(result) : result };
  },
  typed: async (id) => (await app.AsyncResult(id).get({ timeout: 10 })).constructor.name,
  wait: (id) => app.AsyncResult(id).get({ timeout: 20 }),
  saveGroup: (id, ids) => app.GroupResult(id, ids.map((each) => app.AsyncResult(each))).save(),
  restoreGroup: async (id) => (await app.restoreGroup(id)).results.map((result) => result.id),
  cleanUp: () => app.backend.cleanUp(),
  ready: () => app.backend.ready(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [call, ...args] = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await CALLS[call](...args)) ?? null };
  } catch (error) {
    answer = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await app.close();
