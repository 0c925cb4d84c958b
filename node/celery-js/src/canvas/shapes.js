/** Tests of a signature's shape: whether it is one, is empty, or takes a result. */

/** @typedef {import("./types.js").AnySignature} Signature */

/**
 * @param {unknown} value
 * @returns {value is Signature} false for the dict of one
 */
export const isSignature = (value) =>
  typeof value === "object" && value !== null && "subtaskType" in value && "toJSON" in value;

/**
 * @param {Signature} signature
 * @returns {boolean} whether it is a group without tasks, which a chain leaves out
 */
export const isEmptyGroup = ({ subtaskType, kwargs }) => subtaskType === "group" && tasksOf(kwargs).length === 0;

/**
 * @param {Signature} signature
 * @returns {boolean} whether it is a chain without tasks, which sends nothing
 */
export const isEmptyChain = ({ subtaskType, kwargs }) => subtaskType === "chain" && tasksOf(kwargs).length === 0;

/**
 * @param {import("./types.js").Place["chord"]} [chord]
 * @returns {boolean} false also for an empty group, which is false in Python too, so no part reports to it
 */
export const isBody = (chord) => Boolean(chord) && !isEmptyGroup(/** @type {Signature} */ (chord));

/**
 * @param {Signature} signature
 * @returns {boolean} whether a task that is sent with it gets the arguments that it is applied with
 */
export function takesArguments({ subtaskType, kwargs, immutable }) {
  if (subtaskType === "group") return tasksOf(kwargs).some(takesArguments);
  if (immutable) return false;
  if (subtaskType === "chain") {
    const first = tasksOf(kwargs).find((task) => !isEmptyGroup(task));
    return first !== undefined && takesArguments(first);
  }
  if (subtaskType !== "chord") return true;
  const { header } = /** @type {{ header: Signature[] | Signature }} */ (kwargs);
  return Array.isArray(header) ? header.some(takesArguments) : takesArguments(header);
}

/**
 * The tasks that are published when a signature is sent: all of a group, the first of a chain, a chord's header.
 *
 * @param {Signature} signature
 * @returns {Generator<Signature>}
 */
export function* publishedFirst(signature) {
  const { subtaskType, kwargs } = signature;
  if (subtaskType === "group") for (const task of tasksOf(kwargs)) yield* publishedFirst(task);
  else if (subtaskType === "chain") {
    const first = tasksOf(kwargs).find((task) => !isEmptyGroup(task));
    if (first !== undefined) yield* publishedFirst(first);
  } else if (subtaskType === "chord") {
    const { header } = /** @type {{ header: Signature[] | Signature }} */ (kwargs);
    for (const task of Array.isArray(header) ? header : [header]) yield* publishedFirst(task);
  } else yield signature;
}

/**
 * @param {Record<string, unknown>} kwargs
 * @returns {Signature[]}
 */
const tasksOf = ({ tasks }) => /** @type {Signature[]} */ (tasks);

/**
 * @param {unknown} tasks
 * @param {string} what
 * @throws {TypeError} when a dict of a chain or a group has no list of tasks
 */
export function checkTasks(tasks, what) {
  if (!Array.isArray(tasks)) throw new TypeError(`a ${what} needs a list of tasks`);
}
