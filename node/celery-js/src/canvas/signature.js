/**
 * A call that has not been made yet (`celery.canvas.Signature`): data that can be kept, sent and completed with further
 * arguments. Options are in camelCase here and in Celery's snake_case in `toJSON()`.
 */
import { randomUUID } from "node:crypto";
import { checkSending, checkSignatureOptions } from "../tasks/send-options.js";
import { show } from "../validation/kinds.js";
import { currentApp } from "./current-app.js";
import { Linkable } from "./linkable.js";
import {
  fromWire,
  listOf,
  mergeOver,
  snapshot,
  toWire,
  withoutNulls,
  withoutUndefined,
  withProperties,
} from "./options.js";
import { isBody } from "./shapes.js";
import { rebuild as rebuildSignature, register, toSignature } from "./signature-types.js";
import { checkStamping, stampSignature } from "./stamping.js";

/**
 * @typedef {import("./current-app.js").CanvasApp} CanvasApp
 * @typedef {import("./current-app.js").AnyResult} AnyResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./types.js").AnySignature} AnySignature
 * @typedef {import("./types.js").SignatureData} SignatureData
 * @typedef {import("./types.js").Place} Place
 * @typedef {import("./types.js").Call} Call
 */

export { toSignature };
/**
 * @template [R=unknown] what the task returns
 * @template {AnyResult | null} [A=import("./types.js").ResultOf<R>] what applying it gives
 */
export class Signature extends Linkable {
  #app;

  /**
   * @param {CanvasApp | null} app null: the one that is current when it is applied
   * @param {object} call
   * @param {string} call.task
   * @param {readonly unknown[]} [call.args]
   * @param {Record<string, unknown>} [call.kwargs]
   * @param {SendOptions} [call.options]
   * @param {string | null} [call.subtaskType]
   * @param {boolean} [call.immutable]
   * @param {Record<string, unknown>} [call.foreign] options of Celery's that mean nothing here and travel on
   */
  constructor(
    app,
    { task, args = [], kwargs = {}, options = {}, subtaskType = null, immutable = false, foreign = {} },
  ) {
    if (!Array.isArray(args)) throw new TypeError(`${task}: the arguments of a signature must be an array`);
    super(options);
    this.#app = app;
    this.task = task;
    /** @type {unknown[]} */
    this.args = [...args];
    this.kwargs = { ...kwargs };
    this.subtaskType = subtaskType;
    this.immutable = immutable;
    this.foreign = foreign;
  }

  /**
   * @param {string} type as in `subtask_type`
   * @param {(app: CanvasApp | null, data: SignatureData) => AnySignature} rebuild
   */
  static register(type, rebuild) {
    register(type, rebuild);
  }

  /**
   * Rebuilds a signature, and those within it.
   *
   * @param {CanvasApp | null} app
   * @param {SignatureData} data as `toJSON` or Celery gives it
   * @returns {import("./types.js").UntypedSignature} of the class for its `subtask_type`
   * @throws {TypeError} when it is not a signature, or of an unknown type
   */
  static fromJSON(app, data) {
    return rebuildSignature(app, data);
  }

  /** The app that made it, else the one that is current. @returns {CanvasApp} */
  get app() {
    return this.ownApp ?? currentApp();
  }

  /** The app that made it or a signature within it. @returns {CanvasApp | null} */
  get ownApp() {
    return this.#app;
  }

  /** @returns {string | null} the task's id, once it is frozen */
  get id() {
    return this.options.taskId ?? null;
  }

  /** @returns {SignatureData} Celery's dict */
  toJSON() {
    return {
      task: this.task,
      args: this.args,
      kwargs: this.kwargs,
      options: toWire(this.options, this.foreign),
      subtask_type: this.subtaskType,
      immutable: this.immutable,
    };
  }

  /**
   * Sends the task, with further arguments before the signature's own.
   *
   * @param {...unknown} args
   * @returns {Promise<A>}
   */
  delay(...args) {
    return this.applyAsync(args);
  }

  /**
   * Sends the task. Arguments come before the signature's own and keyword arguments over them; an immutable signature takes
   * neither (`celery.canvas.Signature._merge`).
   *
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options] over the signature's own
   * @returns {Promise<A>}
   * @throws as `Celery.sendTask`
   */
  async applyAsync(args = [], options = {}) {
    const { app, task } = this;
    checkSending(task, args, options);
    const call = this.merge(args, withoutNulls(options));
    const sendOptions = { ...withProperties(this.foreign, call.options), kwargs: call.kwargs };
    const sent = app.tasks.has(task)
      ? app.tasks.get(task).applyAsync(call.args, sendOptions)
      : app.sendTask(task, call.args, sendOptions);
    return /** @type {Promise<A>} */ (sent);
  }

  /**
   * Runs the task here and now (`celery.canvas.Signature.apply`).
   *
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options]
   * @returns {Promise<A>}
   * @throws {NotRegistered} when there is no such task here
   */
  async apply(args = [], options = {}) {
    checkSending(this.task, args, options);
    const call = this.merge(args, withoutNulls(options));
    const task = this.app.tasks.get(this.task);
    return /** @type {Promise<A>} */ (task.apply(call.args, { ...call.options, kwargs: call.kwargs }));
  }

  /**
   * @param {readonly unknown[]} [args] put before the signature's own
   * @param {SendOptions & { immutable?: boolean }} [given] laid over the signature's own; `kwargs` over its keyword arguments.
   *   As in Celery, `immutable` here affects only a chain or a group. Use `set({ immutable: true })` instead
   * @returns {this} a copy; this one stays as it is
   */
  clone(args = [], given = {}) {
    if (!Array.isArray(args)) throw new TypeError(`${this.task}: the arguments must be an array, not ${show(args)}`);
    const { immutable, ...options } = checkSignatureOptions(given, this.task);
    const call = this.merge(args, options);
    const foreign = immutable === undefined ? this.foreign : { ...this.foreign, immutable };
    return /** @type {this} */ (
      this.rebuilt({ ...call, options: /** @type {SendOptions} */ (snapshot(call.options)) }, foreign)
    );
  }

  /**
   * A signature of the same kind with other contents. A subclass copies the signatures in its keyword arguments here.
   *
   * @protected
   * @param {Call} call
   * @param {Record<string, unknown>} foreign see the constructor
   * @returns {AnySignature}
   */
  rebuilt(call, foreign) {
    const { task, subtaskType, immutable } = this;
    return new Signature(this.#app, { task, subtaskType, immutable, foreign, ...call });
  }

  /**
   * @protected
   * @param {readonly unknown[]} args
   * @param {SendOptions} given
   * @returns {Call} this signature's own, completed
   */
  merge(args, { kwargs = {}, ...options }) {
    return { ...this.mergeArguments(args, kwargs), options: mergeOver(this.options, options) };
  }

  /**
   * @internal
   * @param {readonly unknown[]} args
   * @param {Record<string, unknown>} kwargs
   * @returns {{ args: unknown[], kwargs: Record<string, unknown> }} this signature's own, completed
   */
  mergeArguments(args, kwargs) {
    if (this.immutable) return { args: this.args, kwargs: this.kwargs };
    return { args: [...args, ...this.args], kwargs: { ...this.kwargs, ...kwargs } };
  }

  /**
   * Gives the task an id before it is sent, unless it has one.
   *
   * @param {Place} [place]
   * @returns {NonNullable<A>} the result to come
   */
  freeze(place = {}) {
    const options = placed(this.options, place);
    const result = this.app.AsyncResult(/** @type {string} */ (options.taskId));
    result.taskName = this.task;
    return /** @type {NonNullable<A>} */ (/** @type {unknown} */ (result));
  }

  /**
   * As `freeze`, while other work of the process goes on: a large group is frozen in many turns of the event loop.
   *
   * @internal
   * @param {Place} [place]
   * @returns {Promise<NonNullable<A>>}
   */
  async freezeInTurns(place) {
    return this.freeze(place);
  }

  /**
   * @param {SendOptions & { immutable?: boolean }} given added to this signature's own
   * @returns {this} the signature
   * @throws {TypeError} for an unknown option, or one of the wrong kind
   */
  set(given) {
    const { immutable, ...options } = checkSignatureOptions(given, this.task);
    if (immutable !== undefined) this.setImmutable(immutable);
    Object.assign(this.options, withoutUndefined(options));
    return this;
  }

  /** @param {boolean} immutable true takes no further arguments */
  setImmutable(immutable) {
    this.immutable = immutable;
  }

  /**
   * Stamps the task and its callbacks: headers that every task of a workflow carries (`celery.canvas.Signature.stamp`).
   *
   * @param {Record<string, unknown>} stamps
   * @param {import("./stamping.js").StampOptions} [options]
   * @returns {this} the signature
   */
  stamp(stamps, options = {}) {
    stampSignature(this, stamps, checkStamping(this.task, stamps, options));
    return this;
  }

  /** @returns {AnySignature[]} this one and all that are linked to it, and to those */
  flattenLinks() {
    return [this, ...listOf(this.options.link).flatMap((link) => toSignature(link, this.#app).flattenLinks())];
  }
}

/**
 * @param {SendOptions} options of a task, which get its id and its place
 * @param {Place} place
 * @returns {SendOptions} the same
 */
export function placed(options, { id, groupId, chord, rootId, parentId, groupIndex }) {
  options.taskId ??= id ?? randomUUID();
  if (rootId) options.rootId = rootId;
  if (parentId) options.parentId = parentId;
  if (groupId && !("groupId" in options)) options.groupId = groupId;
  if (isBody(chord)) options.chord = chord;
  if (groupIndex !== undefined && groupIndex !== null) options.groupIndex = groupIndex;
  return options;
}

register(null, (app, { task, args, kwargs, options, immutable = false }) => {
  return new Signature(app, { task, args: args ?? [], kwargs: kwargs ?? {}, immutable, ...fromWire(options ?? {}) });
});
