/** The app of a signature that was made without one: the running task's, else the newest (Celery's `current_app`). */
import { ImproperlyConfigured } from "../errors.js";
import { currentTask } from "../tasks/current.js";

/**
 * The parts of an app that workflows use.
 *
 * @typedef {object} CanvasApp
 * @property {import("../settings.js").Settings} settings
 * @property {{ has: (name: string) => boolean, get: (name: string) => CallableTask }} tasks
 * @property {import("../backend/backend.js").ResultBackend} backend
 * @property {(name: string, args: readonly unknown[], options: SendOptions) => Promise<AsyncResult>} sendTask
 * @property {() => Series} [series] a thread's app has none
 * @property {(id: string) => AsyncResult} AsyncResult
 * @property {(id: string, results: AnyResult[]) => GroupResult} GroupResult
 *
 * @typedef {object} Series sends tasks one after another, faster than `sendTask`
 * @property {(name: string, args: readonly unknown[], options: SendOptions, own: SendOptions) => Promise<void>} send `own`:
 *   of this task: its id, its keyword arguments, its place in a group
 *
 * @typedef {object} CallableTask
 * @property {{ queue?: string | null }} [options] its own
 * @property {(args: readonly unknown[], options: SendOptions) => Promise<AsyncResult>} applyAsync
 * @property {(args: readonly unknown[], options: SendOptions) => Promise<AsyncResult>} apply
 *
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("../app/result.js").AsyncResult} AsyncResult
 * @typedef {import("../app/group-result.js").GroupResult} GroupResult
 * @typedef {AsyncResult | GroupResult} AnyResult
 */

/** @type {CanvasApp | null} */
let newest = null;

/** @param {CanvasApp} app that was just made */
export function setNewestApp(app) {
  newest = app;
}

/**
 * @returns {CanvasApp}
 * @throws {ImproperlyConfigured} when there is no app yet
 */
export function currentApp() {
  const app = /** @type {CanvasApp | undefined} */ (currentTask()?.app) ?? newest;
  if (app === null) throw new ImproperlyConfigured("there is no app yet: make one with new Celery(...)");
  return app;
}
