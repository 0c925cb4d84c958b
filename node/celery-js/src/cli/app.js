/** The app that a command is about: `--app`, as Celery's `celery.app.utils.find_app` finds one, or none. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Celery } from "../app/celery.js";
import { resolveSettings } from "../settings.js";
import { CommandError } from "./command.js";

/** @typedef {import("../settings.js").Settings} Settings */

/** The names of exports that are looked at, in this order. */
const NAMES = ["app", "celery", "default", "celerySettings"];

/**
 * @param {import("./command.js").Values} values `app`: a file that exports a `Celery` as `app`, `celery` or default, or a
 *   function `celerySettings` that returns settings. `broker`: a URL instead of the app's; without an app, the variable
 *   CELERY_BROKER_URL has it as well
 * @returns {Promise<{ settings: Settings, isGiven: boolean }>} `isGiven`: whether there is an app
 * @throws {CommandError} when there is no such file, or no app in it
 * @throws {ImproperlyConfigured} when a setting is wrong
 */
export async function loadSettings({ app, broker }) {
  if (typeof app !== "string")
    return { settings: withBroker({}, broker ?? process.env.CELERY_BROKER_URL), isGiven: false };
  const file = [app, `${app}.js`, `${app}.mjs`].map((path) => resolve(path)).find((path) => existsSync(path));
  if (file === undefined) throw new CommandError(`Unable to load celery application. The file ${app} was not found.`);
  return { settings: withBroker(settingsOf(await load(file), app), broker), isGiven: true };
}

/** @param {string} file @returns {Promise<Record<string, unknown>>} what it exports */
async function load(file) {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Unable to load celery application. ${file}: ${reason}`, { cause: error });
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

/** @param {Record<string, unknown>} settings @param {unknown} broker */
function withBroker(settings, broker) {
  return resolveSettings({ ...settings, ...(broker ? { brokerUrl: broker } : {}) });
}
