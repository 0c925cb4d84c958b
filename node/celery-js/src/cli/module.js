/** Loads the module that `--app` names (`celery.app.utils.find_app`), and the settings of a command line. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { resolveSettings } from "../validation/resolve-settings.js";
import { didYouMean } from "../validation/suggest.js";
import { CommandError } from "./command.js";

/**
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../app/celery.js").Celery} Celery
 */

/** The names of exports that may be an app, in the order in which they are looked at. */
export const APPS = ["app", "celery", "default"];
/** The export that may replace an app: a function that returns settings. */
const SETTINGS = "celerySettings";

/** Ends the import of a module that starts a worker with this app. @type {((app: Celery) => void) | null} */
let endLoading = null;

/**
 * @param {import("./command.js").Values} values `app`: a file that exports a `Celery` as `app`, `celery` or default, or a
 *   function `celerySettings` that returns settings; `FILE:NAME` names another export. `broker`, `result-backend`: URLs instead of the app's; without an app, the
 *   variables CELERY_BROKER_URL and CELERY_RESULT_BACKEND have them as well
 * @returns {Promise<{ settings: Settings, isGiven: boolean }>} `isGiven`: whether there is an app
 * @throws {CommandError} when there is no such file, or no app in it
 * @throws {ImproperlyConfigured} when a setting is wrong
 */
export async function loadSettings(values) {
  const { app } = values;
  const isGiven = typeof app === "string";
  const given = isGiven ? await settingsOf(await load(app), app) : {};
  return { settings: resolveSettings({ ...given, ...addresses(values, isGiven) }), isGiven };
}

/**
 * Stops a module from starting its worker while a command imports it.
 *
 * @param {Celery} app the worker's
 * @returns {boolean} whether a command was importing the module; the import ends with this call
 */
export function endLoadingWith(app) {
  endLoading?.(app);
  return endLoading !== null;
}

/**
 * @param {string} app as the command line names the file
 * @param {{ fromWorker?: boolean }} [options] `fromWorker`: takes the app of a module that would start a worker
 * @returns {Promise<Record<string, unknown>>} what it exports, or of `FILE:NAME` that export alone
 * @throws {CommandError} when there is no such file or export, or importing it fails
 */
export async function load(app, { fromWorker = false } = {}) {
  const { file, name } = placeOf(app);
  const ended = new Promise((resolve, reject) => {
    endLoading = (ofWorker) => (fromWorker ? resolve({ app: ofWorker }) : reject(startsWorker()));
  });
  try {
    const exported = await Promise.race([import(pathToFileURL(file).href), ended]);
    return name === null ? exported : exportOf(exported, name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Unable to load celery application. ${file}: ${reason}`, { cause: error });
  } finally {
    endLoading = null;
  }
}

/**
 * @param {string} app `FILE`, or as Celery's `module:attribute`, `FILE:NAME`
 * @returns {{ file: string, name: string | null }} the file's whole path
 * @throws {CommandError} when there is no such file
 */
function placeOf(app) {
  const [, before, name] = /^(.+):([^:/\\]+)$/.exec(app) ?? [];
  // A colon can be part of a file's name.
  for (const [path, ofPath] of [[app, null], ...(before ? [[before, name]] : [])]) {
    const file = [path, `${path}.js`, `${path}.mjs`]
      .map((each) => resolve(String(each)))
      .find((each) => existsSync(each));
    if (file !== undefined) return { file, name: ofPath ?? null };
  }
  throw new CommandError(`Unable to load celery application. The file ${before ?? app} was not found.`);
}

/**
 * @param {Record<string, unknown>} exported
 * @param {string} name of one export
 * @returns {Record<string, unknown>} this one alone, under the name that its kind has
 * @throws {CommandError} when there is no such export, or it is neither an app nor a function
 */
function exportOf(exported, name) {
  if (!Object.hasOwn(exported, name))
    throw new CommandError(`it exports no ${name}${didYouMean(name, Object.keys(exported))}`);
  const { [name]: value } = exported;
  if (typeof value === "function") return { [SETTINGS]: value };
  if (typeof value === "object" && value !== null && "sendTask" in value) return { [APPS[0]]: value };
  throw new CommandError(`its ${name} is neither an app nor a function that returns settings`);
}

const startsWorker = () =>
  new CommandError(
    "it starts a worker by itself. Run it with `node`, where it takes the options of `celery-js worker`, or name a module " +
      "that only exports the app.",
  );

/**
 * @param {Record<string, unknown>} exported
 * @param {string} file
 * @returns {Promise<Record<string, unknown>>} the settings of its app, or those that it exports
 * @throws {CommandError} when it exports neither
 */
export async function settingsOf(exported, file) {
  const app = await appOf(exported);
  if (app !== undefined) return { ...app.settings };
  const make = exported[SETTINGS];
  if (typeof make === "function") return settingsFrom(make, file);
  throw new CommandError(`Unable to load celery application. ${file} exports none of ${APPS.join(", ")}, ${SETTINGS}.`);
}

/**
 * @param {Record<string, unknown>} exported
 * @returns {Promise<Celery | undefined>}
 */
export async function appOf(exported) {
  const candidates = APPS.map((name) => exported[name]).filter((value) => value !== undefined);
  if (candidates.length === 0) return undefined;
  // Imported only here: loading the class takes longer than a whole command such as `inspect ping`.
  const { Celery } = await import("../app/celery.js");
  return candidates.find((value) => value instanceof Celery);
}

/**
 * @param {Function} make
 * @param {string} file
 * @returns {Record<string, unknown>}
 */
function settingsFrom(make, file) {
  try {
    return make();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Unable to load celery application. ${file}: ${reason}`, { cause: error });
  }
}

/**
 * @param {import("./command.js").Values} values
 * @param {boolean} isGiven whether there is an app, which wins over variables
 * @returns {Record<string, unknown>} the settings in the command line
 */
export function addresses({ broker, "result-backend": backend }, isGiven) {
  const { CELERY_BROKER_URL, CELERY_RESULT_BACKEND } = isGiven ? /** @type {NodeJS.ProcessEnv} */ ({}) : process.env;
  const brokerUrl = broker || CELERY_BROKER_URL;
  const resultBackend = backend || CELERY_RESULT_BACKEND;
  return { ...(brokerUrl && { brokerUrl }), ...(resultBackend && { resultBackend }) };
}
