/** Tasks one after the other, each with the result of the one before it (`celery.canvas._chain`). */
import { IGNORED, REJECTED } from "../protocol/states.js";
import { checkSending } from "../tasks/send-options.js";
import { isChainLedByTask, stripHeaderLinks } from "./chord-links.js";
import { fromWire, listOf, ownImmutable, withProperties } from "./options.js";
import { prepareSteps } from "./prepare-steps.js";
import { checkTasks, isEmptyGroup } from "./shapes.js";
import { Signature, toSignature } from "./signature.js";

/**
 * @typedef {import("./types.js").AnySignature} AnySignature
 * @typedef {import("./current-app.js").CanvasApp} CanvasApp
 * @typedef {import("./current-app.js").AnyResult} AnyResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./signature.js").Place} Place
 */

/** States of a task that has no result to pass on. */
const UNFINISHED = new Set([IGNORED, REJECTED]);

/** @extends {Signature<unknown, AnyResult | null>} */
export class Chain extends Signature {
  /**
   * @param {CanvasApp | null} app
   * @param {readonly unknown[]} tasks signatures, or dicts of them
   * @param {{ options?: SendOptions, foreign?: Record<string, unknown> }} [rest]
   */
  constructor(app, tasks, { options, foreign } = {}) {
    checkTasks(tasks, "chain");
    const kwargs = { tasks: tasks.map((task) => toSignature(task, app)) };
    super(app, { task: "celery.chain", kwargs, options, subtaskType: "chain", ...ownImmutable(foreign) });
  }

  /** @returns {AnySignature[]} */
  get tasks() {
    return /** @type {AnySignature[]} */ (this.kwargs.tasks);
  }

  set tasks(tasks) {
    this.kwargs.tasks = tasks;
  }

  /** @override */
  get ownApp() {
    return super.ownApp ?? this.tasks[0]?.ownApp ?? null;
  }

  /**
   * Sends the first task, which carries the others with it.
   *
   * @override
   * @param {readonly unknown[]} [args] for the first task
   * @param {SendOptions} [sending]
   * @returns {Promise<AnyResult | null>} the last task's result, from which `parent` leads to the others; null for no tasks
   */
  async applyAsync(args = [], sending = {}) {
    checkSending("chain", args, sending);
    const { kwargs = {}, ...given } = sending;
    const { app } = this;
    if (app.settings.taskAlwaysEager) return this.apply(args, { kwargs, ...given });
    const {
      groupId,
      chord,
      taskId,
      link,
      linkError,
      rootId,
      parentId: _,
      groupIndex,
      ...options
    } = withProperties(this.foreign, { ...this.options, ...given });
    const { tasks, results } = prepareSteps(app, this.tasks, {
      args: this.immutable ? this.args : [...args, ...this.args],
      kwargs,
      clone: true,
      linkError,
      place: { id: taskId, groupId, chord: /** @type {Place["chord"]} */ (chord), rootId, groupIndex },
    });
    this.options.taskId = results[0]?.id ?? taskId;
    for (const task of tasks) stripHeaderLinks(task);
    const first = tasks.pop();
    if (first === undefined) return null;
    if (link) (tasks[0] ?? first).extendList("link", link);
    const rest = [...(options.chain ?? []), ...tasks];
    const sent = await first.applyAsync([], { ...options, chain: rest });
    // The single task's own result: otherwise a group's result would never be complete.
    return tasks.length === 0 ? sent : results[0];
  }

  /**
   * @override
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [sending]
   * @returns {Promise<AnyResult | null>}
   */
  async apply(args = [], sending = {}) {
    checkSending("chain", args, sending);
    const { kwargs = {}, ...given } = sending;
    const { link, ...options } = { ...this.options, ...given };
    const tasks = this.tasks.filter(
      (task, index) => !isEmptyGroup(task) || (index === 0 && this.tasks.every(isEmptyGroup)),
    );
    /** @type {AnyResult | null} */
    let last = null;
    for (const [index, task] of tasks.entries()) {
      const copy = task.clone();
      if (link && index === tasks.length - 1) {
        const target = /** @type {AnySignature} */ (copy.subtaskType === "chord" ? copy.kwargs.body : copy);
        target.extendList("link", link);
      }
      const stepArgs = last === null ? args : [await last.get({ disableSyncSubtasks: false })];
      const result = await copy.apply(stepArgs, { ...options, ...(last === null && { kwargs }) });
      if (result === null) continue; // a chain without tasks
      result.parent = last;
      last = result;
      if ("state" in result && UNFINISHED.has(await result.state)) break;
    }
    return last;
  }

  /**
   * Gives the tasks their ids, in place.
   *
   * @override
   * @param {Place} [place] of the last task
   * @returns {AnyResult} the last task's
   */
  freeze(place = {}) {
    const { results } = prepareSteps(this.app, this.tasks, { args: this.args, kwargs: {}, clone: false, place });
    this.options.taskId = results[0].id;
    return results[0];
  }

  /** @returns {AnySignature[]} copies of the tasks with what was linked to the chain: callbacks at the last, errbacks at all */
  unchainTasks() {
    const tasks = this.tasks.map((task) => task.clone());
    for (const callback of listOf(this.options.link)) tasks[tasks.length - 1].link(toSignature(callback, this.ownApp));
    for (const errback of listOf(this.options.linkError)) {
      for (const task of tasks) task.linkError(toSignature(errback, this.ownApp));
    }
    return tasks;
  }

  /** Splits the chords whose body is a chain, in place, in a copy that is about to be sent. */
  unrollChords() {
    // Reversed: taking from the front of an array takes time in proportion to its length.
    const pending = [...this.tasks].reverse();
    /** @type {AnySignature[]} */
    const tasks = [];
    while (pending.length > 0) {
      let task = /** @type {AnySignature} */ (pending.pop());
      if (task instanceof Chain) {
        task = task.clone();
        /** @type {Chain} */ (task).unrollChords();
      }
      if (task.subtaskType === "chord" && isChainLedByTask(/** @type {import("./chord.js").Chord} */ (task).body)) {
        const steps = /** @type {import("./chord.js").Chord} */ (task).unrollBody();
        for (const step of steps.reverse()) pending.push(step);
      } else tasks.push(task);
    }
    this.tasks = tasks;
  }

  /**
   * Without the arguments, as in Celery.
   *
   * @override
   * @protected
   * @param {import("./signature.js").Call} call
   * @param {Record<string, unknown>} foreign
   */
  rebuilt({ kwargs, options }, foreign) {
    const tasks = /** @type {AnySignature[]} */ (kwargs.tasks).map((task) => task.clone());
    return new Chain(super.ownApp, tasks, { options, foreign });
  }
}

Signature.register("chain", (app, { kwargs, options }) => {
  return new Chain(app, /** @type {unknown[]} */ (kwargs.tasks), fromWire(options ?? {}));
});
