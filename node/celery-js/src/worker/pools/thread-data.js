/** The data that a thread of the pool gets when it starts. */
import { ImproperlyConfigured } from "../../errors.js";
import { copyableAnnotations } from "../../tasks/annotations.js";

/**
 * @typedef {object} ThreadData
 * @property {string} main the app's name
 * @property {import("../../settings.js").Settings} settings those that can be copied, without functions and addresses
 * @property {boolean} countsChords whether the result backend has `chords`
 * @property {string} hostname
 * @property {string} logLevel pino's
 * @property {Array<{ name: string, file: string, exported: string }>} tasks that it runs, and where their functions are
 *
 * @typedef {ThreadData & { aborted: Int32Array }} OwnData of one thread. `aborted`: shared with it, the delivery whose
 *   task must end
 */

/**
 * A delivery's number as the shared `aborted` keeps it.
 *
 * @param {number} number
 * @returns {number} of 32 bits
 */
export const abortMark = (number) => number | 0;

/** Settings that are not copied: a thread opens no connections and needs no passwords. */
const NOT_FOR_THREADS = [
  "brokerUrl",
  "resultBackend",
  "brokerTransportOptions",
  "resultBackendTransportOptions",
  "taskRoutes",
];

/**
 * @param {import("../model/types.js").WorkerApp} app
 * @param {string[]} names of the tasks that run in threads
 * @param {string} hostname
 * @param {import("../observers/log.js").Logger} log
 * @returns {ThreadData}
 * @throws {ImproperlyConfigured} for a task whose function a thread cannot import
 */
export function threadData(app, names, hostname, log) {
  const taskAnnotations = copyableAnnotations(app.settings.taskAnnotations);
  const settings = Object.entries({ ...app.settings, taskAnnotations }).filter(
    ([name, value]) => !NOT_FOR_THREADS.includes(name) && typeof value !== "function",
  );
  return {
    main: app.main,
    settings: /** @type {import("../../settings.js").Settings} */ (Object.fromEntries(settings)),
    countsChords: app.settings.resultBackend === null || app.backend.chords !== null,
    hostname,
    logLevel: log.level,
    tasks: names.map((name) => placeOf(app.tasks.get(name))),
  };
}

/** @param {import("../model/types.js").RegisteredTask} task */
function placeOf({ name, place }) {
  if (place !== null) return { name, ...place };
  throw new ImproperlyConfigured(
    `task ${name} cannot run in the pool 'threads': a thread imports its tasks itself, and this function is registered ` +
      "by app.task(), not exported by a module that app.autodiscoverTasks() found; export it from one, or give it the " +
      "option pool: 'async'",
  );
}
