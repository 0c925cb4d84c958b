/** `dead list`: lists dead letters, newest first. */
import { JSON_OUTPUT, UsageError } from "../command.js";
import { FILTERS, filterOf, newestFirst, QUEUE, withDeadLetters } from "./selection.js";
import { age, cell, columns, json, summary } from "./text.js";

const DEFAULT_LIMIT = 50;
const HEADINGS = ["AGE", "REASON", "TASK", "ID", "WORKER", "DELIVERIES", "QUEUE"];

/** @type {import("../command.js").Command} */
export const list = {
  summary: "List dead letters, newest first.",
  options: {
    ...QUEUE,
    ...FILTERS,
    limit: { type: "string", metavar: "COUNT", help: `List at most this many; 0: all. Default: ${DEFAULT_LIMIT}.` },
    ...JSON_OUTPUT,
  },
  run: async (call) => {
    const limit = limitOf(call.values.limit);
    return withDeadLetters(call, (store, queues) => print(call, newestFirst(store, queues), limit));
  },
};

/**
 * @param {import("../command.js").Call} call
 * @param {AsyncGenerator<import("./selection.js").DeadLetter>} found
 * @param {number} limit
 */
async function print({ values, terminal }, found, limit) {
  const isWanted = filterOf(values);
  const shown = [];
  let isAll = true;
  for await (const letter of found) {
    if (!isWanted(letter)) continue;
    isAll = shown.length < limit;
    if (!isAll) break;
    shown.push(summary(letter)); // not the message: there may be ten thousand
  }
  if (values.json) return terminal.print(json(shown));
  if (shown.length === 0) return terminal.print("No dead letters.");
  const rows = shown.map(({ time, reason, task, id, worker, deliveries, queue }) =>
    [age(time), reason, task, id, worker, deliveries, queue].map(cell),
  );
  const [headings, ...lines] = columns([HEADINGS, ...rows]);
  terminal.print([terminal.bold(headings), ...lines].join("\n"));
  if (!isAll) terminal.error(`Only the newest ${limit}: --limit 0 lists all.`);
  return 0;
}

/** @param {unknown} given */
function limitOf(given = String(DEFAULT_LIMIT)) {
  if (typeof given !== "string" || !/^\d{1,9}$/.test(given)) {
    throw new UsageError(`--limit ${given}: expected a whole number, 0 or more.`);
  }
  return Number(given) || Number.POSITIVE_INFINITY;
}
