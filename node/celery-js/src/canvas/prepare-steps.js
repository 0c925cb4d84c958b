/**
 * Unrolls the tasks of a chain into the steps that are sent (`celery.canvas._chain.prepare_steps`): chains in it are taken
 * apart, a group with a task after it becomes a chord, and each step gets its id and its result.
 */
import { Chord } from "./chord.js";
import { isChainLedByTask } from "./chord-links.js";
import { Group, unrollSingle } from "./group.js";
import { listOf } from "./options.js";
import { isEmptyGroup } from "./shapes.js";

/**
 * @typedef {import("./types.js").AnySignature} Signature
 * @typedef {import("./current-app.js").AnyResult} AnyResult
 *
 * @typedef {object} StepOptions
 * @property {readonly unknown[]} args for the first task
 * @property {Record<string, unknown>} kwargs
 * @property {boolean} clone false changes the chain's own tasks, and leaves chords in one piece: freezing
 * @property {unknown} [linkError] for every step
 * @property {import("./signature.js").Place} place of the last step; `rootId` of all
 *
 * @typedef {{ tasks: Signature[], results: AnyResult[] }} Prepared in reverse: the last step is the first one here
 */

/**
 * @param {import("./current-app.js").CanvasApp} app
 * @param {readonly Signature[]} tasks
 * @param {StepOptions} options
 * @returns {Prepared}
 */
export function prepareSteps(app, tasks, options) {
  const walk = new Walk(app, headOf(tasks, options.clone), options);
  while (walk.steps.length > 0) walk.take();
  return { tasks: walk.tasks, results: walk.results };
}

/**
 * The first task gets the arguments, so it must be a single task or a group: chains at the head are unrolled, and empty groups
 * are left out if anything follows them.
 *
 * @param {readonly Signature[]} tasks
 * @param {boolean} clone
 * @returns {Signature[]}
 */
function headOf(tasks, clone) {
  // Reversed: taking from the front of an array takes time in proportion to its length.
  const steps = [...tasks].reverse();
  /** @type {Signature | null} */
  let stripped = null;
  for (;;) {
    const first = steps.pop();
    if (first === undefined) return stripped === null ? [] : [stripped];
    const head = unrollSingle(first);
    if (head.subtaskType === "chain") {
      const inner = clone ? head.clone() : head;
      for (const step of /** @type {Signature[]} */ (inner.kwargs.tasks).toReversed()) steps.push(step);
    } else if (steps.length > 0 && isEmptyGroup(head)) {
      stripped = head;
    } else {
      steps.push(head);
      return steps.reverse();
    }
  }
}

/** Goes from the last step to the first, because each step depends on the one after it. */
class Walk {
  /** @type {Signature[]} */
  tasks = [];
  /** @type {AnyResult[]} */
  results = [];
  /** The step that follows. @type {Signature | null} */
  #next = null;
  /** @type {AnyResult | null} */
  #nextResult = null;
  #isLast = true;
  #app;
  #options;

  /**
   * @param {import("./current-app.js").CanvasApp} app
   * @param {Signature[]} steps
   * @param {StepOptions} options
   */
  constructor(app, steps, options) {
    this.#app = app;
    this.steps = steps;
    this.#options = options;
  }

  /** Takes the last of the steps that are left. */
  take() {
    let task = unrollSingle(/** @type {Signature} */ (this.steps.pop()));
    const { clone } = this.#options;
    if (isEmptyGroup(task) && (this.steps.length > 0 || this.#next !== null)) return;
    if (clone && task instanceof Chord && isChainLedByTask(task.body)) {
      for (const step of task.unrollBody()) this.steps.push(step);
      return;
    }
    task = this.#withArguments(task);
    if (task.subtaskType === "chain") {
      for (const step of /** @type {Signature[]} */ (task.kwargs.tasks)) this.steps.push(step);
      return;
    }
    if (task instanceof Group && this.#next !== null) task = this.#upgrade(task, this.#next);
    this.#add(task);
  }

  /**
   * @param {Signature} task
   * @returns {Signature} a copy, unless the chain is being frozen; the first with the arguments
   */
  #withArguments(task) {
    const { args, kwargs, clone } = this.#options;
    const isFirst = this.steps.length === 0;
    if (clone) return isFirst ? task.clone(args, { kwargs }) : task.clone();
    if (isFirst) task.args = [...args, ...task.args];
    return task;
  }

  /**
   * A group with a task after it is a chord.
   *
   * @param {Group} group
   * @param {Signature} body
   * @returns {Chord}
   */
  #upgrade(group, body) {
    this.tasks.pop();
    const bodyResult = this.results.pop();
    const isGroup = this.#nextResult !== null && "results" in this.#nextResult;
    const { rootId } = this.#options.place;
    const taskId = isGroup ? undefined : this.#nextResult?.id;
    const chord = new Chord(this.#app, group, body, { options: { taskId, ...(rootId && { rootId }) } });
    this.#next = this.tasks[this.tasks.length - 1] ?? null;
    // Results after the body have the body's result as parent. Their parent must be the chord's result, made below.
    /** @type {AnyResult | null} */
    let node = this.results[this.results.length - 1] ?? null;
    while (node !== null && node.parent !== bodyResult) node = node.parent;
    if (node !== null) {
      node.parent = null;
      this.#nextResult = node;
    }
    return chord;
  }

  /** @param {Signature} task */
  #add(task) {
    const { place, linkError } = this.#options;
    // A chord waits for the last step of a chain in its header, so that this one alone belongs to the group.
    const { id, groupId, chord, groupIndex, rootId } = place;
    /** @type {AnyResult} */
    const result = this.#isLast ? task.freeze({ id, rootId, groupId, chord, groupIndex }) : task.freeze({ rootId });
    this.#isLast = false;
    if (this.#next !== null && this.#nextResult !== null) this.#nextResult.parent ??= result;
    for (const errback of listOf(linkError)) {
      task.linkError(/** @type {Signature} */ (errback));
      if (task instanceof Chord) task.body?.linkError(/** @type {Signature} */ (errback));
    }
    this.tasks.push(task);
    this.results.push(result);
    this.#next = task;
    this.#nextResult = task instanceof Chord ? topmost(result) : result;
  }
}

/** The header's result of a chord. @param {AnyResult} result */
function topmost(result) {
  let node = result;
  while (node.parent) node = node.parent;
  return node;
}
