/** `dead purge`: deletes dead letters. */
import { JSON_OUTPUT, UsageError } from "../command.js";
import { FILTERS, filterOf, findLetter, idsOf, QUEUE, withDeadLetters } from "./selection.js";
import { json, letters, parseAge, perQueue } from "./text.js";

/** @typedef {import("../../transport/transport.js").DeadLetters} DeadLetters */

/** @type {import("../command.js").Command} */
export const purge = {
  summary:
    "Delete dead letters for good.\n\n" +
    "Give one or more IDs (which may be abbreviated), or --task, --reason, --older-than or --all.",
  args: "[ID]...",
  options: {
    ...QUEUE,
    ...FILTERS,
    "older-than": { type: "string", metavar: "AGE", help: "Only dead letters older than this: 90s, 30m, 12h, 7d." },
    all: { type: "boolean", help: "All of them." },
    yes: { type: "boolean", short: "y", help: "Do not ask." },
    ...JSON_OUTPUT,
  },
  run: async (call) => {
    const { values, args, terminal } = call;
    const ids = idsOf(args);
    const isWanted = wantedBy(values);
    if (ids.length > 0 ? isWanted.isLimited || values.all : !isWanted.isLimited && !values.all) {
      throw new UsageError("purge takes one or more IDs, or --task, --reason, --older-than or --all.");
    }
    if (!values.yes && !terminal.canAsk) throw new UsageError("purge deletes for good: confirm with --yes.");
    return withDeadLetters(call, async (store, queues) => {
      if (queues.length === 0) return report(call, new Map());
      if (!values.yes && !(await terminal.confirm(question(ids, isWanted.isLimited, queues)))) {
        terminal.error("Nothing was deleted.");
        return 1;
      }
      const purged =
        ids.length > 0 ? await purgeEach(store, queues, ids) : await purgeAll(store, queues, isWanted.fits);
      return report(call, purged);
    });
  },
};

/**
 * @param {import("../command.js").Values} values
 * @returns {{ isLimited: boolean, fits: import("./selection.js").Filter }}
 */
function wantedBy(values) {
  const given = values["older-than"];
  const fits = filterOf(values);
  const isLimited = [values.task, values.reason, given].some((value) => value !== undefined);
  if (given === undefined) return { isLimited, fits };
  const seconds = parseAge(String(given));
  if (seconds === null) throw new UsageError(`--older-than ${given}: expected an age such as 90s, 30m, 12h or 7d.`);
  const before = Date.now() - seconds * 1000;
  return { isLimited, fits: (letter) => fits(letter) && letter.time !== null && letter.time < before };
}

/**
 * @param {string[]} ids
 * @param {boolean} isLimited
 * @param {string[]} queues
 */
function question(ids, isLimited, queues) {
  if (ids.length > 0) return `This deletes ${letters(ids.length)} for good. Continue?`;
  const which = isLimited ? "the matching dead letters" : "all dead letters";
  return `This deletes ${which} of ${queues.join(", ")} for good. Continue?`;
}

/**
 * @param {DeadLetters} store
 * @param {string[]} queues
 * @param {string[]} ids
 */
async function purgeEach(store, queues, ids) {
  const found = [];
  for (const id of ids) found.push(await findLetter(store, queues, id));
  const purged = new Map();
  for (const letter of found) count(purged, letter.queue, await store.delete([letter]));
  return purged;
}

/**
 * @param {DeadLetters} store
 * @param {string[]} queues
 * @param {import("./selection.js").Filter} fits
 */
async function purgeAll(store, queues, fits) {
  const purged = new Map();
  for (const queue of queues) {
    await store.eachPage(queue, async (page) => {
      const wanted = page.filter(fits);
      count(purged, queue, await store.delete(wanted));
      return page.length - wanted.length;
    });
  }
  return purged;
}

/**
 * @param {Map<string, number>} purged
 * @param {string} queue
 * @param {number} number
 */
function count(purged, queue, number) {
  if (number > 0) purged.set(queue, (purged.get(queue) ?? 0) + number);
}

/**
 * @param {import("../command.js").Call} call
 * @param {Map<string, number>} purged
 */
function report({ values, terminal }, purged) {
  if (values.json) return terminal.print(json({ purged: Object.fromEntries(purged) }));
  const total = [...purged.values()].reduce((sum, number) => sum + number, 0);
  if (total === 0) return terminal.print("No dead letters.");
  return terminal.print(`${letters(total)} deleted: ${perQueue(purged, "from")}.`);
}
