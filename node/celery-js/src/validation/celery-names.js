/** Finds the setting that a Celery user means by a name in Celery's own spelling (celery.app.defaults). */

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
