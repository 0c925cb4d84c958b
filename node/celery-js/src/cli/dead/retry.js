/** `dead retry`: puts dead letters back into their queues. */
import { CommandError, JSON_OUTPUT, UsageError } from "../command.js";
import { FILTERS, filterOf, findLetter, idsOf, QUEUE, withDeadLetters } from "./selection.js";
import { json, letters, perQueue } from "./text.js";

/**
 * @typedef {import("./selection.js").DeadLetter} DeadLetter
 * @typedef {import("../../transport/transport.js").DeadLetters} DeadLetters
 * @typedef {{ retried: Map<string, number>, refused: number }} Tally `retried`: how many of each queue
 */

/** @type {import("../command.js").Command} */
export const retry = {
  summary:
    "Put dead letters back into their queues, to be run again.\n\n" +
    "Give one or more IDs (which may be abbreviated), or --task, --reason or --all.",
  args: "[ID]...",
  options: {
    ...QUEUE,
    ...FILTERS,
    all: { type: "boolean", help: "All of them." },
    force: { type: "boolean", help: "Also put back messages that no worker can read. They become dead letters again." },
    ...JSON_OUTPUT,
  },
  run: async (call) => {
    const { values, args } = call;
    const ids = idsOf(args);
    const isFiltered = values.task !== undefined || values.reason !== undefined;
    if (ids.length > 0 ? isFiltered || values.all : !isFiltered && !values.all) {
      throw new UsageError("retry takes one or more IDs, or --task, --reason or --all.");
    }
    const tally = await withDeadLetters(call, (store, queues) =>
      ids.length > 0 ? retryEach(call, store, queues, ids) : retryMatching(call, store, queues),
    );
    return report(call, tally);
  },
};

/**
 * @param {import("../command.js").Call} call
 * @param {DeadLetters} store
 * @param {string[]} queues
 * @param {string[]} ids
 */
async function retryEach({ values }, store, queues, ids) {
  /** @type {Tally} */
  const tally = { retried: new Map(), refused: 0 };
  // All ids are looked up before any letter is put back, so a wrong id changes nothing.
  const found = [];
  for (const id of ids) found.push(await findLetter(store, queues, id));
  for (const letter of found) {
    if (letter.isReadable || values.force) count(tally, letter.queue, await store.retry([letter]));
    else tally.refused += 1;
  }
  return tally;
}

/**
 * @param {import("../command.js").Call} call
 * @param {DeadLetters} store
 * @param {string[]} queues
 */
async function retryMatching({ values }, store, queues) {
  /** @type {Tally} */
  const tally = { retried: new Map(), refused: 0 };
  const isWanted = filterOf(values);
  for (const queue of queues) {
    await store.eachPage(queue, async (page) => {
      const wanted = page.filter(isWanted);
      const retried = wanted.filter(({ isReadable }) => isReadable || values.force);
      count(tally, queue, await store.retry(retried));
      tally.refused += wanted.length - retried.length;
      return page.length - retried.length;
    });
  }
  return tally;
}

/**
 * @param {Tally} tally
 * @param {string} queue
 * @param {number} number
 */
function count({ retried }, queue, number) {
  if (number > 0) retried.set(queue, (retried.get(queue) ?? 0) + number);
}

/**
 * @param {import("../command.js").Call} call
 * @param {Tally} tally
 */
function report({ values, terminal }, { retried, refused }) {
  const total = [...retried.values()].reduce((sum, number) => sum + number, 0);
  if (values.json) terminal.print(json({ retried: Object.fromEntries(retried), refused }));
  else if (total > 0) terminal.print(`${letters(total)} put back: ${perQueue(retried, "into")}.`);
  else if (refused === 0) terminal.print("No dead letters.");
  if (refused === 0) return 0;
  throw new CommandError(
    `${letters(refused)} not put back: unreadable for all workers. --force puts back unreadable ones too.`,
  );
}
