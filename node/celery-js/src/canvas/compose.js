/** Building workflows: `chain`, `group` and `chord`, and Celery's `|` with its upgrades to chords. */
import { checkNothing, show } from "../validation/kinds.js";
import { Chain } from "./chain.js";
import { Chord } from "./chord.js";
import { Group, unrollSingle } from "./group.js";
import { isEmptyGroup } from "./shapes.js";
import { Signature, toSignature } from "./signature.js";

/** @typedef {import("./types.js").AnySignature} AnySignature */
/** @typedef {AnySignature | Iterable<AnySignature>} Tasks */
/**
 * @template {Tasks[]} T what `chain` takes
 * @typedef {T extends [Iterable<infer S>] ? import("./types.js").EndingWith<S>
 *   : T extends [...unknown[], infer S] ? import("./types.js").EndingWith<S>
 *   : import("./types.js").EndingWith<T[number]>} ChainOf the last task's result is the chain's
 */
/**
 * @template {Tasks[]} T what `group` takes
 * @typedef {Group<import("./types.js").ElementOf<T extends [Iterable<infer S>] ? S : T[number]>>} GroupOf
 */

/**
 * Tasks one after the other: Celery's `a | b | c`, its upgrades to chords included.
 *
 * @template {Tasks[]} T
 * @param {T} tasks signatures, or one iterable of them
 * @returns {ChainOf<T>} a chain, unless the upgrades leave one chord or group alone
 */
export function chain(...tasks) {
  const [first] = tasks;
  const made =
    tasks.length === 1 && first instanceof Signature ? new Chain(null, [first]) : fold(listed(tasks, "chain()"));
  return /** @type {ChainOf<T>} */ (made);
}

/**
 * Tasks side by side.
 *
 * @template {Tasks[]} T
 * @param {T} tasks signatures, or one iterable of them
 * @returns {GroupOf<T>}
 */
export function group(...tasks) {
  return /** @type {GroupOf<T>} */ (new Group(null, membersOf(tasks)));
}

/**
 * @param {Tasks[]} tasks
 * @returns {AnySignature[]}
 */
function membersOf(tasks) {
  const [first] = tasks;
  if (tasks.length > 1 || !(first instanceof Signature)) return listed(tasks, "group()");
  return first instanceof Group ? first.tasks : [first.clone()];
}

/**
 * A group whose results go to one task.
 *
 * @template [R=unknown]
 * @template {import("./types.js").AnyResult | null} [A=import("./types.js").AnyResult]
 * @param {Tasks} header
 * @param {Signature<R, A> | null} [body] gets the list of results
 * @param {...never} nothing
 * @returns {Chord<R, A>}
 * @throws {TypeError} when the header has anything but signatures, or the body is none
 */
export function chord(header, body = null, ...nothing) {
  checkNothing(nothing, "chord(): after the body, it");
  const tasks = header instanceof Signature ? header : listed([header], "chord(): the header");
  return new Chord(null, tasks, body === null ? null : asSignature(body, "chord(): the body"));
}

/**
 * @param {unknown} task a signature, which is copied, or Celery's dict of one
 * @param {import("./current-app.js").CanvasApp | null} [app]
 * @returns {AnySignature}
 */
export const signature = (task, app = null) =>
  task instanceof Signature ? task.clone() : toSignature(asSignature(task, "signature()").toJSON(), app);

/**
 * @param {Tasks[]} tasks signatures, or one iterable of them
 * @param {string} label how messages name what takes them
 * @returns {AnySignature[]}
 * @throws {TypeError} naming the first that is not a signature
 */
function listed(tasks, label) {
  const [first] = tasks;
  const isList = tasks.length === 1 && typeof first === "object" && first !== null && Symbol.iterator in first;
  return [...(isList ? first : tasks)].map((task, i) => asSignature(task, `${label}: element ${i}`));
}

/**
 * @param {unknown} value
 * @param {string} label
 * @returns {AnySignature}
 * @throws {TypeError} when it is none
 */
function asSignature(value, label) {
  if (value instanceof Signature) return value;
  if (typeof (/** @type {{ task?: unknown } | null} */ (value)?.task) === "string") return toSignature(value, null);
  throw new TypeError(`${label} must be a signature, such as add.s(1, 2), not ${show(value)}`);
}

/**
 * Celery's `left | right` (the `__or__` of each class).
 *
 * @param {AnySignature} left
 * @param {AnySignature} right
 * @returns {AnySignature}
 */
export function pipe(left, right) {
  if (left instanceof Group) return isEmptyGroup(right) ? left : new Chord(left.ownApp, left, right);
  if (left instanceof Chain) return pipeChain(left, right);
  if (right instanceof Chain) return new Chain(left.ownApp, [left, ...right.unchainTasks()]);
  if (left instanceof Chord && isSingle(right)) return withBody(left, unrollSingle(right));
  return new Chain(left.ownApp, [left, unrollSingle(right)]);
}

/**
 * `left | a | b | ...` of up to 10,000 steps, where `pipe` would copy all of them for each step.
 *
 * @param {AnySignature} left
 * @param {readonly AnySignature[]} steps
 * @returns {AnySignature}
 */
export function pipeAll(left, steps) {
  if (steps.length < 2) return steps.reduce(pipe, left);
  const end = left instanceof Chain ? left.tasks[left.tasks.length - 1] : left;
  if (isPlain(end)) return fold([left, ...steps]);
  if (!(end instanceof Chord) || end.body === null || !steps.every(isPlain)) return steps.reduce(pipe, left);
  // All of them go into the body of the last chord.
  const copy = left.clone();
  const last = /** @type {Chord} */ (copy instanceof Chain ? copy.tasks[copy.tasks.length - 1] : copy);
  last.body = pipeAll(/** @type {AnySignature} */ (last.body), steps);
  return copy;
}

/**
 * @param {AnySignature | undefined} task
 * @returns {boolean} false for a workflow
 */
const isPlain = (task) =>
  task !== undefined && !(task instanceof Chain || task instanceof Group || task instanceof Chord);

/**
 * @param {AnySignature} right
 * @returns {boolean} false for a group of several tasks
 */
const isSingle = (right) => !(right instanceof Group) || right.tasks.length === 1;

/**
 * @param {Chord} left
 * @param {AnySignature} next
 * @returns {Chord} whose body goes on with the next task
 */
function withBody(left, next) {
  const copy = left.clone();
  copy.body = pipe(/** @type {AnySignature} */ (copy.body), next);
  return copy;
}

/**
 * @param {Chain} left
 * @param {AnySignature} right
 * @returns {AnySignature}
 */
function pipeChain(left, right) {
  if (isEmptyGroup(right)) return left;
  const next = unrollSingle(right);
  if (next instanceof Chain) return next.unchainTasks().reduce(pipe, /** @type {AnySignature} */ (left));
  const last = left.tasks[left.tasks.length - 1];
  const app = left.ownApp;
  if (next instanceof Group) {
    const tasks = left.unchainTasks();
    if (tasks.length === 0) return next;
    if (!(last instanceof Chord)) return new Chain(app, [...tasks, next]);
    return new Chain(app, [...tasks.slice(0, -1), withBody(/** @type {Chord} */ (tasks[tasks.length - 1]), next)]);
  }
  const copy = left.clone();
  const index = copy.tasks.length - 1;
  if (last instanceof Group) {
    copy.tasks[index] = new Chord(app, copy.tasks[index], next);
    const before = copy.tasks[index - 1];
    // Two chords in a row: the second one is what follows the body of the first.
    if (before instanceof Chord) copy.tasks.splice(index - 1, 2, withBody(before, copy.tasks[index]));
    return copy;
  }
  if (last instanceof Chord && !(next instanceof Chord)) {
    copy.tasks[index] = withBody(/** @type {Chord} */ (copy.tasks[index]), next);
    return copy;
  }
  return new Chain(app, [...left.unchainTasks(), next]);
}

/**
 * `chain(a, b, c)` in one pass instead of a copy of everything at each step (`celery.canvas._fold_chain`).
 *
 * @param {AnySignature[]} tasks
 * @returns {AnySignature}
 */
function fold(tasks) {
  /** @type {AnySignature[]} */
  const steps = [];
  for (const [position, task] of tasks.entries()) {
    const alone = mergeStep(steps, task, position < tasks.length - 1);
    if (alone !== null) return tasks.slice(position + 1).reduce(pipe, alone);
  }
  return new Chain(null, [...steps.slice(0, -1).map((step) => step.clone()), ...steps.slice(-1)]);
}

/**
 * Adds a task to the steps by the rules of `|`.
 *
 * @param {AnySignature[]} steps
 * @param {AnySignature} other
 * @param {boolean} clone
 * @returns {AnySignature | null} the result if it is not a chain: an empty chain piped into a group gives the group
 */
function mergeStep(steps, other, clone) {
  if (isEmptyGroup(other)) return null;
  const last = steps[steps.length - 1];
  const next = unrollSingle(other);
  if (next instanceof Chain) return mergeChain(steps, next, clone);
  if (next instanceof Group && steps.length === 0) return next;
  if (last instanceof Chord && !(next instanceof Chord)) {
    last.body = pipe(/** @type {AnySignature} */ (last.body), next);
    return null;
  }
  const step = clone ? next.clone() : next;
  if (last instanceof Group && !(next instanceof Group)) steps[steps.length - 1] = new Chord(null, last, step);
  else steps.push(step);
  return null;
}

/**
 * @param {AnySignature[]} steps
 * @param {Chain} other
 * @param {boolean} clone
 * @returns {AnySignature | null}
 */
function mergeChain(steps, other, clone) {
  const inner = other.unchainTasks();
  for (const [position, task] of inner.entries()) {
    const alone = mergeStep(steps, task, clone || position < inner.length - 1);
    if (alone !== null) return inner.slice(position + 1).reduce(pipe, alone);
  }
  return null;
}
