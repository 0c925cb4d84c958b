/** celery-js at the rows: a line of JSON is a call of a method of its result backend, and so is its answer. */
import { createInterface } from "node:readline";
import { Celery } from "../../../node/celery-js/src/index.js";
import { encodeMeta } from "../../../node/celery-js/src/protocol/result-encoder.js";

/** @typedef {import("../../../node/celery-js/src/protocol/result-encoder.js").MetaOptions} MetaOptions */

const app = new Celery("driver", JSON.parse(process.argv[2]));

/** @type {Record<string, (...args: any[]) => unknown>} */
const CALLS = {
  store: (/** @type {MetaOptions & { error?: string }} */ { error, ...meta }) =>
    app.backend.storeText(meta.taskId, encodeMeta(error ? { ...meta, result: new RangeError(error) } : meta)),
  meta: async (id) => {
    const found = await app.backend.get(id);
    if (found === null) return null;
    const { result, raw, ...meta } = found;
    return { ...meta, stamps: raw.tenant ?? null, result: result instanceof Error ? String(result) : result };
  },
  typed: async (id) => Object(await app.AsyncResult(id).get({ timeout: 10 })).constructor.name,
  wait: (id) => app.AsyncResult(id).get({ timeout: 20 }),
  saveGroup: (id, /** @type {string[]} */ ids) => {
    const results = ids.map((each) => app.AsyncResult(each));
    return app.GroupResult(id, results).save();
  },
  restoreGroup: async (id) => (await app.restoreGroup(id))?.results.map((result) => result.id),
  cleanUp: () => app.backend.cleanUp?.(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [call, ...args] = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await CALLS[call](...args)) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await app.close();
