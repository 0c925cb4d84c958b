/** Calls every task of signatures.py through the Node client; prints what is wrong with each as JSON. */
import { isDeepStrictEqual } from "node:util";

const TIMEOUT_S = 20;
const [url, cases, celeryJs, client] = process.argv.slice(2);

const c = await import(celeryJs);
const { connect } = await import(client);

/** @typedef {{ path: string[], value?: string, call?: string, seen: string }} Case */

/**
 * @param {any} jobs
 * @param {Case} given
 * @returns {Promise<string>}
 */
async function problem(jobs, { path, value, call, seen }) {
  const task = path.reduce((folder, name) => folder[name], jobs);
  const given = value === undefined ? undefined : new Function("c", `return (${value})`)(c);
  const job = await (call === undefined ? task.delay(given) : new Function("task", `return task.${call}`)(task));
  const result = await job.get({ timeout: TIMEOUT_S });
  if (result.seen !== seen) return `the worker saw ${result.seen}, not ${seen}`;
  if (call === undefined && !isSame(result.value, given)) return `${result.value} came back, not ${given}`;
  return "";
}

/**
 * @param {unknown} left
 * @param {unknown} right
 */
const isSame = (left, right) =>
  // A Buffer is a Uint8Array of another class.
  left instanceof Uint8Array
    ? Buffer.from(left).equals(/** @type {Uint8Array} */ (right))
    : isDeepStrictEqual(left, right);

const jobs = connect(url);
const found = Object.fromEntries(
  await Promise.all(
    /** @type {Case[]} */ (JSON.parse(cases)).map(async (each) => [
      each.path.join("."),
      await problem(jobs, each).catch((error) => String(error)),
    ]),
  ),
);
await jobs.close();
process.stdout.write(JSON.stringify(found));
