/**
 * The limits of a message's follow-ups, for the signatures within them: what is linked to a workflow is linked to each of its
 * tasks.
 */
import { InvalidTaskError } from "../errors.js";
import { DEFAULT_LIMITS, refusal } from "../protocol/limits.js";

/** A signature in a message consists of at least so many lists, objects and members. */
const VALUES_OF_SIGNATURE = 7;

/**
 * @param {import("./current-app.js").CanvasApp | null} app
 * @param {import("./types.js").SignatureData} data of a signature in a message
 * @throws {InvalidTaskError} when its callbacks and errbacks, or its tasks, are more than a message may have
 */
export function checkNested(app, { subtask_type: type, kwargs, options }) {
  const { callbackLimit, chainLengthLimit, messageValueLimit } = app?.settings ?? DEFAULT_LIMITS;
  const links = lengthOf(options?.link) + lengthOf(options?.link_error);
  if (links > callbackLimit) {
    throw refusal(InvalidTaskError, `a signature has ${links} callbacks and errbacks`, { callbackLimit });
  }
  const steps = lengthOf(options?.chain);
  if (steps > chainLengthLimit) {
    throw refusal(InvalidTaskError, `the chain of a signature has ${steps} more tasks`, { chainLengthLimit });
  }
  if (links < 2 || isFew({ subtask_type: type, kwargs }, messageValueLimit / VALUES_OF_SIGNATURE / links)) return;
  const what = `${links} callbacks and errbacks of each task of a workflow`;
  throw refusal(InvalidTaskError, `${what} are too many`, { messageValueLimit });
}

/** @param {unknown} list */
const lengthOf = (list) => (Array.isArray(list) ? list.length : 0);

/** Signatures whose tasks are linked to what is linked to them. */
const WORKFLOWS = ["chain", "group", "chord"];

/**
 * @param {object} data of a signature
 * @param {number} most
 * @returns {boolean} false: it has more tasks; they are not counted further
 */
function isFew(data, most) {
  let count = 0;
  const pending = [data];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const member of membersOf(next)) {
      if (typeof member !== "object" || member === null) continue;
      count += 1;
      if (count > most) return false;
      pending.push(member);
    }
  }
  return true;
}

/** @param {{ subtask_type?: unknown, kwargs?: unknown }} data @returns {unknown[]} empty for a plain task */
function membersOf({ subtask_type: type, kwargs }) {
  if (!WORKFLOWS.includes(String(type))) return [];
  const { tasks, header, body } = /** @type {Record<string, unknown>} */ (Object(kwargs));
  return [tasks, header, body].flatMap((members) => members ?? []);
}
