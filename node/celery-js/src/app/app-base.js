/** The base of both apps: the main thread's with connections (celery.js), and a thread's without (thread/thread-app.js). */
import { inspect } from "node:util";
import { setNewestApp } from "../canvas/current-app.js";
import { Signature } from "../canvas/signature.js";
import { LamportClock } from "../protocol/clock.js";
import { Annotations } from "../tasks/annotations.js";
import { checkSignatureOptions } from "../tasks/send-options.js";
import { checkArgument, checkNothing, TEXT } from "../validation/kinds.js";
import { GroupResult } from "./group-result.js";
import { TaskRegistry } from "./registry.js";
import { AsyncResult } from "./result.js";
import { ResultSet } from "./result-set.js";
import { resultFromTuple } from "./result-tuple.js";

/**
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("../canvas/signature.js").SignatureData} SignatureData
 * @typedef {import("../backend/backend.js").ResultBackend} ResultBackend
 * @typedef {import("../transport/transport.js").Publisher} Publisher
 * @typedef {import("./control.js").Control} Control
 */

export class AppBase {
  /**
   * The publisher and the result backend. Accessing either through the app counts as using the app.
   *
   * @internal
   */
  connections = {
    publisher: /** @type {Publisher} */ (/** @type {unknown} */ (null)),
    backend: /** @type {ResultBackend} */ (/** @type {unknown} */ (null)),
    areUsed: false,
  };
  /** One function for all results. @param {unknown} tuple */
  #fromTuple = (tuple) => this.resultFromTuple(tuple);

  /**
   * @param {string} main the app's name
   * @param {import("../settings.js").Settings} settings
   * @throws {ImproperlyConfigured} for a wrong option in `taskAnnotations`
   */
  constructor(main, settings) {
    this.main = main;
    this.settings = settings;
    /** Of the tasks, which get them when they are registered. @internal */
    this.annotations = new Annotations(settings.taskAnnotations);
    this.tasks = new TaskRegistry();
    /** The logical clock that orders this app's events and control commands. */
    this.clock = new LamportClock();
    setNewestApp(asCelery(this));
  }

  /** Connects with the first message. @internal */
  get publisher() {
    this.connections.areUsed = true;
    return this.connections.publisher;
  }

  /** @internal */
  set publisher(publisher) {
    this.connections.publisher = publisher;
  }

  /** Connects when first asked. @internal */
  get backend() {
    this.connections.areUsed = true;
    return this.connections.backend;
  }

  /** @internal */
  set backend(backend) {
    this.connections.backend = backend;
  }

  /**
   * Celery's `repr`, for shells and logs: the settings have passwords.
   *
   * @internal
   */
  [inspect.custom]() {
    return `<Celery ${this.main}>`;
  }

  /**
   * @param {string | object} task a name, or a signature: as it was made here, or as Celery's dict
   * @param {readonly unknown[]} [args]
   * @param {SendOptions & { immutable?: boolean }} [given] its options
   * @throws {TypeError} when it is not a signature, or an option is unknown or of the wrong kind
   * @returns {import("../canvas/types.js").UntypedSignature} a chain, a group, a chord, or a single task
   */
  signature(task, args = [], given = {}) {
    if (task instanceof Signature) return task;
    const app = asCelery(this);
    if (typeof task === "object") return Signature.fromJSON(app, /** @type {SignatureData} */ (task));
    checkArgument(task, TEXT, "signature(): the task");
    const { kwargs, immutable, ...options } = checkSignatureOptions(given, task);
    return new Signature(app, { task, args, kwargs, options, immutable });
  }

  /**
   * @template [R=any] what the task returns
   * @param {string} id a task's id; any client may have sent the task
   * @param {...never} nothing
   * @returns {AsyncResult<R>}
   */
  AsyncResult(id, ...nothing) {
    checkNothing(nothing, "AsyncResult(): after the id, it");
    const { backend, control } = asCelery(this);
    return new AsyncResult(id, { backend, control, fromTuple: this.#fromTuple });
  }

  /**
   * @param {string} id of a group
   * @param {import("./result.js").AnyResult[]} results
   * @returns {GroupResult}
   */
  GroupResult(id, results) {
    const { backend, control } = asCelery(this);
    return new GroupResult(id, results, { backend, control });
  }

  /**
   * @param {import("./result.js").AnyResult[]} [results] of any tasks and groups
   * @returns {ResultSet}
   */
  ResultSet(results = []) {
    return new ResultSet(results, { control: asCelery(this).control });
  }

  /**
   * @param {string} id the id of a group whose result was saved, in either language
   * @returns {Promise<GroupResult | null>} null when none was saved (`GroupResult.restore`)
   */
  async restoreGroup(id) {
    checkArgument(id, TEXT, "restoreGroup(): the group's id");
    const tuple = await this.backend.restoreGroup(id);
    return tuple === null ? null : /** @type {GroupResult} */ (this.resultFromTuple(tuple));
  }

  /**
   * @param {unknown} tuple as `asTuple()` gives it, in either language
   * @returns {import("./result.js").AnyResult}
   */
  resultFromTuple(tuple) {
    return resultFromTuple(asCelery(this), tuple);
  }
}

/**
 * Casts for the types: a thread's app has no `control`, but sends tasks as `Celery` does.
 *
 * @param {AppBase} app
 * @returns {import("./celery.js").Celery}
 */
const asCelery = (app) => /** @type {import("./celery.js").Celery} */ (app);
