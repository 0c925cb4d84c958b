/** Checks the settings that an app is given, and fills in the defaults. */
import { isDeepStrictEqual } from "node:util";
import { ImproperlyConfigured } from "../errors.js";
import { SETTINGS } from "../settings.js";
import { optionsObject } from "./kinds.js";
import { whyRefused } from "./refused-settings.js";
import { problemOf, READERS, SETTING_KINDS } from "./setting-kinds.js";
import { didYouMean } from "./suggest.js";

/** @typedef {import("../settings.js").SettingRow} SettingRow */

/** @type {Readonly<Record<string, SettingRow>>} */
const ROWS = SETTINGS;

/** The namespaces that an old name leaves out, by its prefix; Django users also put `CELERY_` before new names. */
const OLD_PREFIXES = [
  { prefix: "celerybeat_", namespaces: ["beat_"] },
  { prefix: "celeryd_", namespaces: ["", "worker_"] },
  { prefix: "celery_", namespaces: ["", "task_", "worker_"] },
];
/** Old names with words of their own. @type {Readonly<Record<string, string>>} */
const OLD_NAMES = {
  celery_eager_propagates_exceptions: "taskEagerPropagates",
  celery_max_cached_results: "resultCacheMax",
  celery_message_compression: "taskCompression",
  celery_result_db_short_lived_sessions: "databaseShortLivedSessions",
  celery_result_db_tablenames: "databaseTableNames",
  celery_result_dburi: "databaseUrl",
  celery_result_engine_options: "databaseEngineOptions",
  celery_send_events: "workerSendTaskEvents",
  celery_send_task_sent_event: "taskSendSentEvent",
  celery_task_result_expires: "resultExpires",
};

/**
 * Checks what a user gave and fills in the defaults (Celery's `app.conf`).
 *
 * @param {Record<string, unknown>} [given] settings by camelCase name; `undefined` means not given
 * @returns {import("../settings.js").Settings}
 * @throws {ImproperlyConfigured} naming the setting, its value and what it takes; of a setting that only Celery has, why it is
 *   refused
 */
export function resolveSettings(given = {}) {
  optionsObject(given, (problem) => new ImproperlyConfigured(`settings: ${problem}`), "brokerUrl");
  /** @type {Record<string, unknown>} */
  const settings = {};
  for (const [name, row] of Object.entries(ROWS)) settings[name] = row.default;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(ROWS, name)) throw new ImproperlyConfigured(problemOfName(name));
    if (value === undefined) continue;
    checkSetting(name, ROWS[name], value);
    settings[name] = READERS[ROWS[name].type]?.(value) ?? value;
  }
  return /** @type {import("../settings.js").Settings} */ (/** @type {unknown} */ (Object.freeze(settings)));
}

/** @param {string} name that is not in the table of settings */
function problemOfName(name) {
  const isKnown = (/** @type {string} */ other) => Object.hasOwn(ROWS, other) || whyRefused(other) !== null;
  const meant = settingMeant(name, isKnown);
  const why = meant === null ? null : whyRefused(meant);
  if (why !== null) return `setting '${name}' is not supported: ${why}`;
  return `unknown setting '${name}'${meant === null ? didYouMean(name, Object.keys(ROWS)) : `; did you mean '${meant}'?`}`;
}

/**
 * @param {string} name
 * @param {SettingRow} row
 * @param {unknown} value
 */
function checkSetting(name, row, value) {
  const refuse = (/** @type {string} */ problem) =>
    new ImproperlyConfigured(`setting ${name}=${shown(value)}: ${problem}`);
  if (row.values !== undefined) {
    if (row.values.some((each) => isDeepStrictEqual(each, value))) return;
    throw refuse(`expected ${row.values.map(shown).join(" or ")}. ${row.help}`);
  }
  if (value === null && row.nullable) return;
  const [, accepts] = SETTING_KINDS[row.type];
  if (!accepts(value)) throw refuse(problemOf(row.type, value));
}

/** @param {unknown} value */
const shown = (value) => (typeof value === "number" ? String(value) : JSON.stringify(value));

/**
 * Finds the setting that a Celery user means by a name in Celery's own spelling (celery.app.defaults).
 *
 * @param {string} name such as `task_routes`, `CELERY_ROUTES` or `CELERY_TASK_ROUTES`
 * @param {(name: string) => boolean} isKnown whether there is a setting of this name, in camelCase
 * @returns {string | null} the name in camelCase; null: no setting has this name
 */
export function settingMeant(name, isKnown) {
  const lower = name.toLowerCase();
  if (!name.includes("_") && name !== name.toUpperCase()) return isKnown(name) ? name : null;
  if (Object.hasOwn(OLD_NAMES, lower)) return OLD_NAMES[lower];
  const old = OLD_PREFIXES.find(({ prefix }) => lower.startsWith(prefix));
  const full = old?.namespaces.map((namespace) => namespace + lower.slice(old.prefix.length)) ?? [];
  return [lower, ...full].map(camelCase).find(isKnown) ?? null;
}

/** @param {string} name in snake_case */
const camelCase = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
