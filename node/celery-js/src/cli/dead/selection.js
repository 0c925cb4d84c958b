/** Selects dead letters by queue, task, reason or id. */
import { queuesInRoutes } from "../../publishing/routes.js";
import { createDeadLetters } from "../../transport/transport.js";
import { CommandError, queueNames, UsageError } from "../command.js";
import { loadSettings } from "../module.js";

/**
 * @typedef {import("../../transport/transport.js").DeadLetter} DeadLetter
 * @typedef {import("../../transport/transport.js").DeadLetters} DeadLetters
 * @typedef {import("../command.js").Call} Call
 * @typedef {(letter: DeadLetter) => boolean} Filter
 */

/** @satisfies {Record<string, import("../command.js").Option>} */
export const QUEUE = /** @type {const} */ ({
  queue: { type: "string", short: "Q", metavar: "NAMES", help: "Only these queues, separated by commas." },
});
/** @satisfies {Record<string, import("../command.js").Option>} */
export const FILTERS = /** @type {const} */ ({
  reason: { type: "string", metavar: "REASON", help: "Only dead letters with this reason." },
  task: { type: "string", metavar: "NAME", help: "Only dead letters of this task." },
});
/** How many matching ids the error about an ambiguous id lists. */
const SHOWN_IDS = 5;

/**
 * Opens the dead letters of the app's broker, and closes them.
 *
 * @template T
 * @param {Call} call
 * @param {(store: DeadLetters, queues: string[]) => Promise<T>} body `queues`: those of `--queue`, else all that the app's
 *   settings name, else, without an app, all that have dead letters
 * @returns {Promise<T>}
 */
export async function withDeadLetters({ values }, body) {
  const names = values.queue === undefined ? null : queueNames(String(values.queue)).sort();
  const { settings, isGiven } = await loadSettings(values);
  const store = createDeadLetters(settings);
  try {
    return await body(store, names ?? (isGiven ? queuesOf(settings) : await store.queues()));
  } finally {
    store.close();
  }
}

/**
 * @param {Call["values"]} values
 * @returns {Filter}
 */
export function filterOf({ reason, task }) {
  return (letter) => (reason === undefined || letter.reason === reason) && (task === undefined || letter.task === task);
}

/**
 * @param {DeadLetters} store
 * @param {string[]} queues
 * @returns {AsyncGenerator<DeadLetter>} the letters of all queues, newest first
 */
export async function* newestFirst(store, queues) {
  const sources = queues.map((queue) => store.newestFirst(queue));
  const heads = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let newest = -1;
    for (const [i, { done, value }] of heads.entries()) {
      if (!done && (newest === -1 || (value.time ?? 0) > (heads[newest].value.time ?? 0))) newest = i;
    }
    if (newest === -1) return;
    yield heads[newest].value;
    heads[newest] = await sources[newest].next();
  }
}

/**
 * @param {DeadLetters} store
 * @param {string[]} queues
 * @param {string} id or what it begins with
 * @returns {Promise<DeadLetter>} the newest with exactly this id, else the only one whose id starts with it
 * @throws {CommandError} when there is none, or more than one
 */
export async function findLetter(store, queues, id) {
  /** @type {Map<string, DeadLetter>} */
  const found = new Map();
  for await (const letter of newestFirst(store, queues)) {
    if (letter.id === id) return letter;
    if (letter.id.startsWith(id) && !found.has(letter.id)) found.set(letter.id, letter);
  }
  const [only] = found.values();
  if (found.size === 1) return only;
  if (found.size === 0) throw new CommandError(`No dead letter has an id that begins with '${id}'.`);
  const ids = [...found.keys()].slice(0, SHOWN_IDS).join(", ");
  const more = found.size > SHOWN_IDS ? ", ..." : "";
  throw new CommandError(`'${id}' matches ${found.size} dead letters: ${ids}${more}.`);
}

/**
 * @param {string[]} args
 * @returns {string[]}
 * @throws {UsageError} for an empty id, which would match all of them
 */
export function idsOf(args) {
  if (args.includes("")) throw new UsageError("An id cannot be empty.");
  return args;
}

/** @param {import("../../settings.js").Settings} settings */
function queuesOf({ taskDefaultQueue, taskRoutes }) {
  return [...new Set([taskDefaultQueue, ...queuesInRoutes(taskRoutes)])].sort();
}
