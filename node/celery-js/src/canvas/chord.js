/** A group whose results together go to one task, the body (`celery.canvas._chord`). */
import { randomUUID } from "node:crypto";
import { checkSending } from "../tasks/send-options.js";
import { bodyOptions, firstTaskOptions, setFirstParent, stripHeaderLinks, withCallbacks } from "./chord-links.js";
import { Group } from "./group.js";
import { fromWire, withoutNulls, withProperties } from "./options.js";
import { persistently } from "./persistence.js";
import { Signature, toSignature } from "./signature.js";
import { sendUnlock } from "./unlock.js";

/**
 * @typedef {import("./types.js").AnySignature} AnySignature
 * @typedef {import("./current-app.js").CanvasApp} CanvasApp
 * @typedef {import("./current-app.js").AnyResult} AnyResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./signature.js").Place} Place
 */
/** @typedef {AnySignature[] | Group} Header a group once it is frozen */

/**
 * @template [R=unknown] what its body returns
 * @template {AnyResult | null} [A=AnyResult] what applying it gives
 * @extends {Signature<R, A>}
 */
export class Chord extends Signature {
  /**
   * @param {CanvasApp | null} app
   * @param {unknown} header a group, a signature or a list of them
   * @param {unknown} body gets the list of results; null if it is set later
   * @param {Partial<import("./signature.js").Call> & { foreign?: Record<string, unknown> }} [rest]
   */
  constructor(app, header, body = null, { args, kwargs = { kwargs: {} }, options, foreign } = {}) {
    const tasks = headerTasks(header, app);
    const members = { ...kwargs, header: tasks, body: body === null ? null : toSignature(body, app) };
    super(app, { task: "celery.chord", args, kwargs: members, options, foreign, subtaskType: "chord" });
  }

  /** @returns {Header} */
  get header() {
    return /** @type {Header} */ (this.kwargs.header);
  }

  /** @returns {AnySignature[]} the tasks of the header */
  get tasks() {
    return this.header instanceof Group ? this.header.tasks : this.header;
  }

  /** @returns {AnySignature | null} */
  get body() {
    return /** @type {AnySignature | null} */ (this.kwargs.body);
  }

  set body(body) {
    this.kwargs.body = body;
  }

  /** @override */
  get ownApp() {
    return super.ownApp ?? this.tasks[0]?.ownApp ?? this.body?.ownApp ?? null;
  }

  /**
   * Sends the header; the last of its tasks to end sends the body.
   *
   * @override
   * @param {readonly unknown[]} [args] for the tasks of the header
   * @param {SendOptions} [sending] `countdown` and `eta` delay the header; `kwargs.body` takes the place of the body
   * @returns {Promise<A>} the body's result, whose parent is the header's
   * @throws {TypeError} when there is no body
   */
  async applyAsync(args = [], sending = {}) {
    checkSending("chord", args, sending);
    const { kwargs: { body: other, ...kwargs } = {}, taskId, ...given } = sending;
    const { app } = this;
    const original = other ? toSignature(other, app) : this.body;
    if (original === null) throw new TypeError("this chord has no body: chord(header, body)");
    const { countdown, eta, link, linkError, ...options } = withoutNulls(given);
    const body = original.clone([], bodyOptions(options));
    const allKwargs = { .../** @type {object} */ (this.kwargs.kwargs ?? {}), ...kwargs };
    const allArgs = this.immutable ? this.args : [...args, ...this.args];
    const header =
      this.header instanceof Group
        ? this.header.clone()
        : new Group(app, this.header, { options: { taskId: this.options.taskId ?? randomUUID() } });
    const merged = { ...this.options, ...options, ...withoutNulls({ link, linkError }) };
    if (app.settings.taskAlwaysEager) return this.#runHere(header, withCallbacks(body, merged), allArgs, allKwargs);
    const delay = withoutNulls({ countdown: countdown ?? merged.countdown, eta: eta ?? merged.eta });
    return this.#run(header, body, allArgs, allKwargs, { merged, delay, taskId: taskId ?? merged.taskId ?? null });
  }

  /**
   * @override
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [sending] its options are not used, as in Celery
   * @returns {Promise<A>}
   */
  async apply(args = [], sending = {}) {
    checkSending("chord", args, sending);
    const { kwargs = {} } = sending;
    if (this.body === null) throw new TypeError("this chord has no body: chord(header, body)");
    return this.#runHere(new Group(this.app, this.tasks), this.body, args, kwargs);
  }

  /**
   * Gives the tasks of header and body their ids.
   *
   * @override
   * @param {Place} [place] of the body: a chord in a chord reports with its body
   * @returns {NonNullable<A>} the body's; the header's is the parent of the first one above it
   */
  freeze(place = {}) {
    return this.#withBody(place, this.#headerGroup().freeze(this.#headerPlace(place)));
  }

  /**
   * @override
   * @internal
   * @param {Place} [place]
   * @returns {Promise<NonNullable<A>>}
   */
  async freezeInTurns(place = {}) {
    return this.#withBody(place, await this.#headerGroup().freezeInTurns(this.#headerPlace(place)));
  }

  /** @returns {Group} the header, which is one from now on */
  #headerGroup() {
    if (!(this.header instanceof Group)) {
      // A chord that was frozen before it was sent keeps its header's id, because clients know it.
      const taskId = this.body?.id ? this.options.taskId : undefined;
      this.kwargs.header = new Group(this.app, this.header, { options: { taskId } });
    }
    return /** @type {Group} */ (this.header);
  }

  /** @param {Place} place */
  #headerPlace({ parentId, rootId }) {
    return { parentId, rootId, chord: this.body };
  }

  /**
   * Freezes the body, after the header.
   *
   * @param {Place} place
   * @param {AnyResult} headerResult
   * @returns {NonNullable<A>}
   */
  #withBody({ id, groupId, chord, rootId, groupIndex }, headerResult) {
    this.options.taskId = this.#headerGroup().options.taskId;
    if (this.body === null) return /** @type {NonNullable<A>} */ (/** @type {unknown} */ (headerResult));
    const result = this.body.freeze({ id, rootId, chord, groupId, groupIndex });
    setFirstParent(result, headerResult);
    return /** @type {NonNullable<A>} */ (result);
  }

  /**
   * Links to the body.
   *
   * @override
   * @template {AnySignature} S
   * @param {S} callback
   * @returns {S}
   */
  link(callback) {
    this.body?.link(callback);
    return callback;
  }

  /**
   * Links to the body, and with `taskAllowErrorCbOnChordHeader` to each task of the header.
   *
   * @override
   * @param {AnySignature} errback
   * @returns {unknown}
   */
  linkError(errback) {
    const signature = toSignature(errback, this.ownApp);
    const onHeader = this.app.settings.taskAllowErrorCbOnChordHeader;
    // As in Celery, the chords in a header that is frozen get it with the setting only: it is one group then.
    for (const task of this.header instanceof Group ? [this.header] : this.header) {
      if (onHeader) task.linkError(signature.clone([], { immutable: true }));
      if (task instanceof Chord) task.linkError(signature);
    }
    this.body?.linkError(signature);
    return errback;
  }

  /**
   * Applies to the header only.
   *
   * @override
   * @param {boolean} immutable
   */
  setImmutable(immutable) {
    for (const task of this.tasks) task.setImmutable(immutable);
  }

  /**
   * Splits a chord whose body is a chain into the chord with the chain's first task, and the rest of the chain. Each header task
   * carries the body, and would otherwise carry the whole chain.
   *
   * @returns {AnySignature[]}
   */
  unrollBody() {
    const copy = this.clone();
    const body = /** @type {import("./chain.js").Chain} */ (copy.body);
    const [first, ...rest] = body.unchainTasks();
    copy.body = first.clone([], firstTaskOptions(body.options));
    return [copy, ...rest];
  }

  /**
   * @override
   * @protected
   * @param {import("./signature.js").Call} call
   * @param {Record<string, unknown>} foreign
   */
  rebuilt({ args, kwargs: { header, body, ...kwargs }, options }, foreign) {
    const ownBody = body ? toSignature(body, super.ownApp).clone() : null;
    return new Chord(super.ownApp, header, ownBody, { args, kwargs, options, foreign });
  }

  /**
   * @param {Group} header
   * @param {AnySignature} body
   * @param {readonly unknown[]} args
   * @param {Record<string, unknown>} kwargs
   */
  async #runHere(header, body, args, kwargs) {
    const results = await header.apply(args, { kwargs });
    const result = await body.apply([await results.get({ disableSyncSubtasks: false })]);
    return /** @type {A} */ (result);
  }

  /**
   * @param {Group} header
   * @param {AnySignature} ownBody
   * @param {readonly unknown[]} args
   * @param {Record<string, unknown>} kwargs
   * @param {{ merged: SendOptions, delay: SendOptions, taskId: string | null }} rest
   * @returns {Promise<A>}
   */
  async #run(header, ownBody, args, kwargs, { merged, delay, taskId }) {
    const { app } = this;
    const groupId = header.options.taskId ?? randomUUID();
    const { rootId } = ownBody.options;
    const { link, linkError, taskId: _id, countdown: _countdown, eta: _eta, ...options } = merged;
    const body = withCallbacks(ownBody, { link, linkError });
    Object.assign(body.options, bodyOptions(options));
    body.foreign = { ...body.foreign, ...this.foreign };
    if (body.subtaskType === "chain") /** @type {import("./chain.js").Chain} */ (body).unrollChords();
    const bodyResult = body.freeze({ id: taskId ?? randomUUID(), groupId, rootId });
    stripHeaderLinks(body);
    // The rest of the chain after this chord, and an enclosing chord, do not belong to the header.
    const { chain: _chain, chord: _chord, ...headerOptions } = options;
    header.options.taskId = groupId;
    let headerResult = await header.freezeInTurns({ groupId, chord: body, rootId });
    if (header.tasks.length === 0) {
      await body.delay([]);
    } else {
      if (app.backend.chords === null) await sendUnlock(app, headerResult, body);
      else if (headerResult.results.some((result) => "results" in result)) {
        await persistently(() => app.backend.saveGroup(headerResult.id, headerResult.asTuple()));
      }
      const kwargsOption = { kwargs };
      const sending = withProperties(this.foreign, headerOptions);
      headerResult = await header.applyAsync(args, { ...sending, ...delay, ...kwargsOption, taskId: groupId });
    }
    bodyResult.parent = headerResult;
    return /** @type {NonNullable<A>} */ (bodyResult);
  }
}

Signature.register("chord", (app, { args, kwargs: { header, body, ...kwargs }, options }) => {
  return new Chord(app, header, body, { args: args ?? [], kwargs, ...fromWire(options ?? {}) });
});

/**
 * @param {unknown} header
 * @param {CanvasApp | null} app
 * @returns {AnySignature[]}
 */
function headerTasks(header, app) {
  if (Array.isArray(header)) return header.map((task) => toSignature(task, app).clone());
  const signature = toSignature(header, app);
  const isSeveral = signature.subtaskType === "group" || signature.subtaskType === "chain";
  return isSeveral ? /** @type {AnySignature[]} */ (signature.kwargs.tasks) : [signature];
}
