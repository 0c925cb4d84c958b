/** The app that a command is about: `--app`, as Celery's `celery.app.utils.find_app` finds one, or none. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Celery } from "../app/celery.js";
import { createBackend } from "../backend/backend.js";
import { resolveSettings } from "../settings.js";
import { createPublisher } from "../transport/transport.js";
import { CommandError, UsageError } from "./command.js";

/** @typedef {import("../settings.js").Settings} Settings */

/** The names of exports that may be an app, in the order in which they are looked at. */
const APPS = ["app", "celery", "default"];
/** After these, the function that returns settings. */
const NAMES = [...APPS, "celerySettings"];

/** Gives up the module that is being imported. @type {((why: Error) => void) | null} */
let giveUpLoading = null;

/**
 * @param {import("./command.js").Values} values `app`: a file that exports a `Celery` as `app`, `celery` or default, or a
 *   function `celerySettings` that returns settings. `broker`, `result-backend`: URLs instead of the app's; without an app, the
 *   variables CELERY_BROKER_URL and CELERY_RESULT_BACKEND have them as well
 * @returns {Promise<{ settings: Settings, isGiven: boolean }>} `isGiven`: whether there is an app
 * @throws {CommandError} when there is no such file, or no app in it
 * @throws {ImproperlyConfigured} when a setting is wrong
 */
export async function loadSettings(values) {
  const { app } = values;
  const isGiven = typeof app === "string";
  const own = isGiven ? settingsOf(await load(app), app) : {};
  return { settings: resolveSettings({ ...own, ...addresses(values, isGiven) }), isGiven };
}

/**
 * @param {import("./command.js").Values} values as for `loadSettings`
 * @returns {Promise<Celery>} an app to send with and to ask for results: the one that is named, else one of these settings
 * @throws what `loadSettings` throws
 */
export async function loadClient(values) {
  if (typeof values.app !== "string") return new Celery("celery", addresses(values, false));
  const exported = await load(values.app);
  const app = appOf(exported);
  if (app === undefined)
    return new Celery("celery", { ...settingsOf(exported, values.app), ...addresses(values, true) });
  changeSettings(app, addresses(values, true));
  return app;
}

/**
 * @param {import("./command.js").Values} values `app`: a file that exports a `Celery`, as for `loadSettings`. `broker`: a URL
 *   instead of the app's
 * @returns {Promise<Celery>} with its tasks
 * @throws {UsageError} when no file is named
 * @throws {CommandError} when there is no such file, or no app in it
 * @throws {ImproperlyConfigured} when the URL is wrong
 */
export async function loadApp(values) {
  const { app: file } = values;
  if (typeof file !== "string") throw new UsageError("Which app? -A FILE names the module that exports it.");
  const exported = await load(file);
  const app = appOf(exported);
  if (app === undefined) {
    throw new CommandError(
      `Unable to load celery application. ${file} exports no app as ${APPS.join(", ")}; settings alone have no tasks.`,
    );
  }
  changeSettings(app, addresses(values, true));
  return app;
}

/**
 * Gives an app that has not connected yet other settings than its module did: those of the command line win.
 *
 * @param {Celery} app
 * @param {Record<string, unknown>} changes
 * @throws {ImproperlyConfigured} when a setting is wrong
 */
export function changeSettings(app, changes) {
  app.settings = resolveSettings({ ...app.settings, ...changes });
  if ("brokerUrl" in changes) app.publisher = createPublisher(app.settings);
  if ("resultBackend" in changes) app.backend = createBackend(app.settings);
}

/**
 * For a module that starts a worker: one that a command imports would run a worker that knows nothing of the command.
 *
 * @returns {boolean} whether a command is importing it, which has ended now
 */
export function refuseWhileLoading() {
  giveUpLoading?.(
    new CommandError(
      "it starts a worker by itself. Run it with `node`, where it takes the options of `celery-js worker`, or name a module " +
        "that only exports the app.",
    ),
  );
  return giveUpLoading !== null;
}

/** @param {string} app as the command line names the file @returns {Promise<Record<string, unknown>>} what it exports */
async function load(app) {
  const file = [app, `${app}.js`, `${app}.mjs`].map((path) => resolve(path)).find((path) => existsSync(path));
  if (file === undefined) throw new CommandError(`Unable to load celery application. The file ${app} was not found.`);
  const givenUp = new Promise((_, reject) => {
    giveUpLoading = reject;
  });
  try {
    return await Promise.race([import(pathToFileURL(file).href), givenUp]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Unable to load celery application. ${file}: ${reason}`, { cause: error });
  } finally {
    giveUpLoading = null;
  }
}

/** @param {Record<string, unknown>} exported @param {string} file @returns {Record<string, unknown>} */
function settingsOf(exported, file) {
  for (const name of NAMES) {
    const value = exported[name];
    if (value instanceof Celery) return { ...value.settings };
    if (name === "celerySettings" && typeof value === "function") return settingsFrom(value, file);
  }
  throw new CommandError(`Unable to load celery application. ${file} exports none of ${NAMES.join(", ")}.`);
}

/** @param {Function} make @param {string} file @returns {Record<string, unknown>} */
function settingsFrom(make, file) {
  try {
    return make();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Unable to load celery application. ${file}: ${reason}`, { cause: error });
  }
}

/** @param {Record<string, unknown>} exported @returns {Celery | undefined} */
function appOf(exported) {
  for (const name of APPS) {
    const value = exported[name];
    if (value instanceof Celery) return value;
  }
  return undefined;
}

/**
 * @param {import("./command.js").Values} values @param {boolean} isGiven whether there is an app, which wins over variables
 * @returns {Record<string, unknown>} the settings that the command line says
 */
function addresses({ broker, "result-backend": backend }, isGiven) {
  const { CELERY_BROKER_URL, CELERY_RESULT_BACKEND } = isGiven ? /** @type {NodeJS.ProcessEnv} */ ({}) : process.env;
  const brokerUrl = broker || CELERY_BROKER_URL;
  const resultBackend = backend || CELERY_RESULT_BACKEND;
  return { ...(brokerUrl && { brokerUrl }), ...(resultBackend && { resultBackend }) };
}
