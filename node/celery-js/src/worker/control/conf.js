/** The settings as `inspect conf` shows them: by Celery's names, and without any secret. */
import { SETTINGS } from "../../settings.js";
import { hidePassword } from "../../transport/redis/url.js";

/** What is never shown, however it is nested (`celery.app.utils.HIDDEN_SETTINGS`). */
const SECRET = /API|TOKEN|KEY|SECRET|PASS|PROFANITIES_LIST|SIGNATURE|DATABASE|CERT|TLS/i;
const SHOWN_ALL_THE_SAME = ["globalKeyprefix"];
const HIDDEN = "********";

/**
 * @param {import("../../settings.js").Settings} settings
 * @param {boolean} withDefaults also those that nobody has changed
 * @returns {Record<string, unknown>}
 */
export function confOf(settings, withDefaults) {
  const entries = Object.entries(settings).filter(([name, value]) => {
    const { default: standard } = SETTINGS[/** @type {import("../../settings.js").SettingName} */ (name)];
    return withDefaults || JSON.stringify(value) !== JSON.stringify(standard);
  });
  return Object.fromEntries(entries.map(([name, value]) => [snakeCase(name), shown(name, value)]));
}

/** @param {string} name @param {unknown} value @returns {unknown} */
function shown(name, value) {
  if (SECRET.test(name) && !SHOWN_ALL_THE_SAME.includes(name)) return HIDDEN;
  if (typeof value === "string") return value.includes("://") ? hidePassword(value) : value;
  if (typeof value === "function") return `<function ${value.name || "anonymous"}>`;
  if (value instanceof RegExp || value instanceof Map) return String(value);
  if (Array.isArray(value)) return value.map((each) => shown("", each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shown(key, each)]));
}

/** @param {string} name in camelCase */
const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
