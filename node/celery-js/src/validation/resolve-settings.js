/** Checks the settings that an app is given, and fills in the defaults. */
import { isDeepStrictEqual } from "node:util";
import { ImproperlyConfigured } from "../errors.js";
import { SETTINGS } from "../settings.js";
import { settingMeant } from "./celery-names.js";
import { optionsObject } from "./kinds.js";
import { whyRefused } from "./refused-settings.js";
import { problemOf, READERS, SETTING_KINDS } from "./setting-kinds.js";
import { didYouMean } from "./suggest.js";

/** @typedef {import("../settings.js").SettingRow} SettingRow */

/** @type {Readonly<Record<string, SettingRow>>} */
const ROWS = SETTINGS;

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
