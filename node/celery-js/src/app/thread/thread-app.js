/**
 * The app of a task that runs in a thread: the tasks that the thread has imported, and the main thread's connections. It opens
 * none of its own.
 */
import { randomUUID } from "node:crypto";
import { setNewestApp } from "../../canvas/current-app.js";
import { Signature } from "../../canvas/signature.js";
import { LamportClock } from "../../protocol/clock.js";
import { dumps } from "../../protocol/json.js";
import { checkCall } from "../../publishing/send.js";
import { currentExecution } from "../../tasks/current.js";
import { checkSignatureOptions } from "../../tasks/send-options.js";
import { unpackMeta } from "../../worker/pools/crossing.js";
import { GroupResult } from "../group-result.js";
import { TaskRegistry } from "../registry.js";
import { AsyncResult } from "../result.js";
import { resultFromTuple } from "../result-tuple.js";
import { Task } from "../task.js";

/** @typedef {import("./main-thread.js").Ask} Ask */
/** @typedef {import("../../tasks/send-options.js").SendOptions} SendOptions */

export class ThreadApp {
  #ask;

  /**
   * @param {object} options
   * @param {string} options.main
   * @param {import("../../settings.js").Settings} options.settings
   * @param {Ask} options.ask
   */
  constructor({ main, settings, ask }) {
    this.#ask = ask;
    this.main = main;
    this.settings = settings;
    this.tasks = new TaskRegistry();
    this.clock = new LamportClock();
    this.publisher = { publish: async (/** @type {object} */ publication) => ask("publish", [publication]) };
    this.backend = relayedBackend(ask);
    setNewestApp(/** @type {any} */ (this));
  }

  /**
   * As `Celery.sendTask`, by the main thread.
   *
   * @param {string} name
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options]
   * @returns {Promise<AsyncResult>} once the broker has the message
   */
  async sendTask(name, args = [], options = {}) {
    checkCall(name, args, options);
    const { taskId = randomUUID(), addToParent = true } = options;
    const sent = this.#ask("send", [dumps({ name, args, options: { ...options, taskId } }, { root: "call" })]);
    const result = this.AsyncResult(taskId);
    result.taskName = name;
    const parent = currentExecution();
    parent?.sends?.push(sent.catch(() => {}));
    if (addToParent) parent?.children.push(result);
    result.ignored = await sent;
    return result;
  }

  /** As `Celery.signature`. @param {string | object} task @param {readonly unknown[]} [args] @param {SendOptions & { immutable?: boolean }} [given] */
  signature(task, args = [], given = {}) {
    if (task instanceof Signature) return task;
    if (typeof task === "object") return Signature.fromJSON(this, /** @type {any} */ (task));
    const { kwargs, immutable, ...options } = checkSignatureOptions(given, task);
    return new Signature(this, { task, args, kwargs, options, immutable });
  }

  /** @param {string} id @returns {AsyncResult} */
  AsyncResult(id) {
    return new AsyncResult(id, { backend: this.backend, fromTuple: (tuple) => this.resultFromTuple(tuple) });
  }

  /** @param {string} id @param {import("../result.js").AnyResult[]} results @returns {GroupResult} */
  GroupResult(id, results) {
    return new GroupResult(id, results, { backend: this.backend });
  }

  /** @param {string} id @returns {Promise<GroupResult | null>} */
  async restoreGroup(id) {
    const tuple = await this.backend.restoreGroup(id);
    return tuple === null ? null : /** @type {GroupResult} */ (this.resultFromTuple(tuple));
  }

  /** @param {unknown} tuple @returns {import("../result.js").AnyResult} */
  resultFromTuple(tuple) {
    return resultFromTuple(/** @type {any} */ (this), tuple);
  }

  async close() {}
}

/** A task that its thread has imported; it is sent by the main thread, as that has the routes. */
export class ThreadTask extends Task {
  /** @override @param {readonly unknown[]} [args] @param {SendOptions} [options] */
  async applyAsync(args = [], options = {}) {
    return this.app.sendTask(this.name, args, options);
  }
}

/** @param {Ask} ask @returns {import("../../backend/backend.js").ResultBackend} */
function relayedBackend(ask) {
  const call =
    (/** @type {string} */ op) =>
    async (/** @type {unknown[]} */ ...args) =>
      ask(op, args);
  const chord =
    (/** @type {string} */ method) =>
    async (/** @type {unknown[]} */ ...args) =>
      ask("chords", [method, ...args]);
  return {
    key: (taskId) => taskId,
    get: async (taskId) => unpackMeta(await ask("get", [taskId])),
    wait: async (taskId, { timeoutMs = null, signal } = {}) =>
      unpackMeta(await ask("wait", [taskId, timeoutMs], signal)),
    storeText: call("storeText"),
    forget: call("forget"),
    saveGroup: call("saveGroup"),
    restoreGroup: call("restoreGroup"),
    deleteGroup: call("deleteGroup"),
    ready: async () => {},
    chords: {
      setSize: chord("setSize"),
      addOne: chord("addOne"),
      addPart: chord("addPart"),
      results: chord("results"),
      prolongClaim: chord("prolongClaim"),
      close: chord("close"),
      noteErrbacks: chord("noteErrbacks"),
      calledErrbacks: chord("calledErrbacks"),
      dropSize: chord("dropSize"),
    },
    close: async () => {},
  };
}
