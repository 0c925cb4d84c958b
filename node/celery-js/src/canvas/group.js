/** Tasks that run side by side (`celery.canvas.group`). */
import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { addTrail, currentTask } from "../tasks/current.js";
import { checkSending } from "../tasks/send-options.js";
import { show } from "../validation/kinds.js";
import { fromWire, mergeOver, ownImmutable, withProperties } from "./options.js";
import { memberOf, sendMembers, TASKS_A_TURN } from "./send-members.js";
import { checkTasks, isBody, isEmptyChain } from "./shapes.js";
import { Signature, toSignature } from "./signature.js";

/**
 * @typedef {import("./types.js").AnySignature} AnySignature
 * @typedef {import("./current-app.js").CanvasApp} CanvasApp
 * @typedef {import("./current-app.js").AnyResult} AnyResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./signature.js").Place} Place
 */

/**
 * @template [R=unknown] what each of its tasks returns
 * @extends {Signature<R[], import("../app/group-result.js").GroupResult<R>>}
 */
export class Group extends Signature {
  /**
   * @param {CanvasApp | null} app
   * @param {readonly unknown[]} tasks signatures, or dicts of them
   * @param {{ options?: SendOptions, foreign?: Record<string, unknown> }} [rest]
   */
  constructor(app, tasks, { options, foreign } = {}) {
    checkTasks(tasks, "group");
    const members = tasks.map((task) => toSignature(task, app));
    const kwargs = { tasks: members };
    super(app, { task: "celery.group", kwargs, options, subtaskType: "group", ...ownImmutable(foreign) });
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
   * Sends all of its tasks. Of a large group they are read while other work of the process goes on: leave its signatures as they
   * are until the promise resolves.
   *
   * @override
   * @param {readonly unknown[]} [args] put before the arguments of each
   * @param {SendOptions} [sending] for each of them
   * @returns {Promise<import("../app/group-result.js").GroupResult<R>>}
   * @throws {TypeError} for `link` and `linkError`, which belong to the single tasks
   */
  async applyAsync(args = [], sending = {}) {
    checkSending("group", args, sending);
    const { addToParent = true, link, linkError, kwargs = {}, ...given } = sending;
    if (link) throw new TypeError("Cannot add link to group: use a chord");
    if (linkError) throw new TypeError("Cannot add link to group: do that on individual tasks");
    const { app } = this;
    if (app.settings.taskAlwaysEager) return this.apply(args, { kwargs, ...given });
    if (this.tasks.length === 0) return this.freeze();
    const { groupId, rootId, options } = this.#groupOptions(given);
    const series = app.series?.() ?? null;
    /** @type {import("./send-members.js").Member[]} */
    const members = [];
    for (const { task, index } of parts(this.tasks)) {
      if (members.length > 0 && members.length % TASKS_A_TURN === 0) await nextTurn();
      members.push(memberOf(app, task, { groupId, rootId: rootId ?? null, groupIndex: index }, series));
    }
    const results = members.map(({ result }) => result);
    await sendMembers(app, members, groupId, args, { ...withProperties(this.foreign, options), kwargs });
    let group = app.GroupResult(groupId, results);
    // A group of one chain that ends in a group is that group.
    if (results.length === 1 && "results" in results[0]) group = results[0];
    const parent = currentTask();
    if (parent !== null && addToParent) addTrail(parent, group);
    return group;
  }

  /**
   * @override
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [given]
   * @returns {Promise<import("../app/group-result.js").GroupResult<R>>}
   */
  async apply(args = [], given = {}) {
    checkSending("group", args, given);
    if (this.tasks.length === 0) return this.freeze();
    const { groupId, options } = this.#groupOptions(given);
    /** @type {AnyResult[]} */
    const results = [];
    for (const { task } of parts(this.tasks)) {
      results.push(/** @type {AnyResult} */ (await task.clone().apply(args, options)));
    }
    return this.app.GroupResult(groupId, results);
  }

  /**
   * Gives each task its id. Groups within it are dissolved into it.
   *
   * @override
   * @param {Place} [place]
   * @returns {import("../app/group-result.js").GroupResult<R>}
   */
  freeze(place = {}) {
    const freezing = this.#freezing(place);
    for (;;) {
      const { done, value } = freezing.next();
      if (done) return value;
    }
  }

  /**
   * @override
   * @internal
   * @param {Place} [place]
   * @returns {Promise<import("../app/group-result.js").GroupResult<R>>}
   */
  async freezeInTurns(place = {}) {
    const freezing = this.#freezing(place);
    for (;;) {
      const { done, value } = freezing.next();
      if (done) return value;
      await nextTurn();
    }
  }

  /**
   * @override
   * @param {boolean} immutable
   */
  setImmutable(immutable) {
    for (const task of this.tasks) task.setImmutable(immutable);
  }

  /**
   * Spreads the starts of the tasks over time: gives each a `countdown` (`group.skew`).
   *
   * @param {number} [start] seconds, of the first task
   * @param {number | null} [stop] the last countdown that may be reached; the tasks after it share it. null, 0: no limit
   * @param {number} [step] seconds from one task to the next
   * @returns {this} the group
   * @throws {TypeError} for anything but numbers, or a countdown below 0
   */
  skew(start = 1, stop = null, step = 1) {
    for (const [name, value] of Object.entries({ start, stop: stop ?? 0, step })) {
      if (!Number.isFinite(value)) throw new TypeError(`skew(): ${name} must be a number, not ${show(value)}`);
    }
    let countdown = start;
    for (const task of this.tasks) {
      // As kombu's fxrange: past the end it stays at the last value, even where that is beyond `stop`.
      task.set({ countdown: stop && countdown > stop ? countdown - step : countdown });
      if (!stop || countdown <= stop) countdown += step;
    }
    return this;
  }

  /**
   * Links to the first task, and without its result: no task of a group has the results of the others (`group.link`).
   *
   * @override
   * @template {AnySignature} S
   * @param {S} callback
   * @returns {S}
   */
  link(callback) {
    this.tasks[0].link(callback.clone().set({ immutable: true }));
    return callback;
  }

  /**
   * Each task may fail, and calls it then.
   *
   * @override
   * @param {AnySignature} errback
   * @returns {unknown[]}
   */
  linkError(errback) {
    return this.tasks.map((task) => task.linkError(toSignature(errback, this.ownApp).clone()));
  }

  /**
   * @override
   * @protected
   * @param {import("./signature.js").Call} call
   * @param {Record<string, unknown>} foreign
   */
  rebuilt({ kwargs, options }, foreign) {
    return new Group(super.ownApp, /** @type {unknown[]} */ (kwargs.tasks), { options, foreign });
  }

  /** The group's id is what Celery calls its task id. @param {SendOptions} given */
  #groupOptions(given) {
    const { taskId: groupId = randomUUID(), ...options } = mergeOver(this.options, given);
    return { groupId, rootId: options.rootId, options: { ...options, groupId } };
  }

  /**
   * @param {Place} place
   * @returns {Generator<void, import("../app/group-result.js").GroupResult<R>, void>} yields where a turn may end
   */
  *#freezing(place) {
    const { options } = this;
    options.taskId ??= randomUUID();
    if (place.groupId) options.groupId = place.groupId;
    if (isBody(place.chord)) options.chord = place.chord;
    if (place.groupIndex !== undefined && place.groupIndex !== null) options.groupIndex = place.groupIndex;
    options.rootId ??= place.rootId ?? null;
    options.parentId ??= place.parentId ?? null;
    const { rootId, parentId } = options;
    const { groupId, chord } = place;
    /** @type {AnySignature[]} */
    const tasks = [];
    /** @type {AnyResult[]} */
    const results = [];
    for (const { task: member } of parts(this.tasks)) {
      if (tasks.length > 0 && tasks.length % TASKS_A_TURN === 0) yield;
      const task = member.clone();
      results.push(task.freeze({ groupId, chord, rootId, parentId, groupIndex: tasks.length }));
      tasks.push(task);
    }
    this.tasks = tasks;
    return this.app.GroupResult(options.taskId, results);
  }
}

Signature.register("group", (app, { kwargs, options }) => {
  return new Group(app, /** @type {unknown[]} */ (kwargs.tasks), fromWire(options ?? {}));
});

/**
 * The tasks of a group and of the groups in it, in their order, with the index of each in its own group
 * (`group._prepared`; `group._freeze_unroll`, which reverses them).
 *
 * @param {AnySignature[]} tasks
 * @returns {Generator<{ task: AnySignature, index: number }>}
 */
function* parts(tasks) {
  for (const [index, task] of tasks.entries()) {
    if (task instanceof Group) yield* parts(task.tasks);
    else if (!isEmptyChain(task)) yield { task, index };
  }
}

/**
 * @param {AnySignature} signature
 * @returns {AnySignature} the task of a group of one, which is run as if it stood alone (`celery.canvas.maybe_unroll_group`)
 */
export const unrollSingle = (signature) =>
  signature instanceof Group && signature.tasks.length === 1 ? signature.tasks[0] : signature;
