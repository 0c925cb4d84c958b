/**
 * The app of a task that runs in a thread: the tasks that the thread has imported, and the main thread's connections. It opens
 * no connections.
 */
import { randomUUID } from "node:crypto";
import { dumps } from "../../protocol/json.js";
import { checkCall } from "../../publishing/send.js";
import { addTrail, currentTask } from "../../tasks/current.js";
import { activeHeaders } from "../../telemetry/open-telemetry.js";
import { unpackMeta } from "../../worker/pools/crossing.js";
import { AppBase } from "../app-base.js";
import { Task } from "../task.js";

/** @typedef {import("./main-thread.js").Ask} Ask */
/** @typedef {import("../../tasks/send-options.js").SendOptions} SendOptions */

export class ThreadApp extends AppBase {
  #ask;

  /**
   * @param {object} options
   * @param {string} options.main
   * @param {import("../../settings.js").Settings} options.settings
   * @param {boolean} options.countsChords whether the result backend has `chords`
   * @param {Ask} options.ask
   */
  constructor({ main, settings, countsChords, ask }) {
    super(main, settings);
    this.#ask = ask;
    this.backend = relayedBackend(ask, countsChords);
    const publish = async (/** @type {object} */ publication) => ask("publish", [publication]);
    this.publisher = /** @type {import("../../transport/transport.js").Publisher} */ ({ publish });
  }

  /**
   * As `Celery.sendTask`, by the main thread.
   *
   * @param {string} name
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options]
   * @returns {Promise<import("../result.js").AsyncResult>} once the broker has the message
   */
  async sendTask(name, args = [], options = {}) {
    checkCall(name, args, options);
    const { taskId = randomUUID(), addToParent = true } = options;
    const call = dumps({ name, args, options: { ...options, taskId } }, { root: "call" });
    const sent = this.#ask("send", [call, activeHeaders()]);
    const result = this.AsyncResult(taskId);
    result.taskName = name;
    const parent = currentTask();
    parent?.sends?.push(sent.catch(() => {}));
    if (parent !== null && addToParent) addTrail(parent, result);
    result.ignored = await sent;
    return result;
  }

  async close() {}
}

/** A task that its thread has imported. The main thread sends it, because it has the routes. */
export class ThreadTask extends Task {
  /**
   * @override
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options]
   */
  async applyAsync(args = [], options = {}) {
    return this.app.sendTask(this.name, args, options);
  }
}

/**
 * @param {Ask} ask
 * @param {boolean} countsChords
 * @returns {import("../../backend/backend.js").ResultBackend}
 */
function relayedBackend(ask, countsChords) {
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
    chords: countsChords
      ? {
          setSize: chord("setSize"),
          addOne: chord("addOne"),
          addPart: chord("addPart"),
          results: chord("results"),
          prolongClaim: chord("prolongClaim"),
          endClaim: chord("endClaim"),
          close: chord("close"),
          noteErrbacks: chord("noteErrbacks"),
          calledErrbacks: chord("calledErrbacks"),
          dropSize: chord("dropSize"),
        }
      : null,
    close: async () => {},
  };
}
