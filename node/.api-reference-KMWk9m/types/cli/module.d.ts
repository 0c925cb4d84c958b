export type Settings = import("../settings.js").Settings;
export type Celery = import("../app/celery.js").Celery;
/**
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../app/celery.js").Celery} Celery
 */
/** The names of exports that may be an app, in the order in which they are looked at. */
export declare const APPS: string[];
/**
 * @param {import("./command.js").Values} values `app`: a file that exports a `Celery` as `app`, `celery` or default, or a
 *   function `celerySettings` that returns settings. `broker`, `result-backend`: URLs instead of the app's; without an app, the
 *   variables CELERY_BROKER_URL and CELERY_RESULT_BACKEND have them as well
 * @returns {Promise<{ settings: Settings, isGiven: boolean }>} `isGiven`: whether there is an app
 * @throws `CommandError` when there is no such file, or no app in it
 * @throws `ImproperlyConfigured` when a setting is wrong
 */
export declare function loadSettings(values: import("./command.js").Values): Promise<{
    settings: Settings;
    isGiven: boolean;
}>;
/**
 * For a module that starts a worker: one that a command imports would run a worker that knows nothing of the command.
 *
 * @param {Celery} app the worker's
 * @returns {boolean} whether a command is importing it, which has ended now
 */
export declare function endLoadingWith(app: Celery): boolean;
/**
 * @param {string} app as the command line names the file
 * @param {{ fromWorker?: boolean }} [options] `fromWorker`: takes the app of a module that would start a worker
 * @returns {Promise<Record<string, unknown>>} what it exports
 * @throws `CommandError` when there is no such file, or importing it fails
 */
export declare function load(app: string, { fromWorker }?: {
    fromWorker?: boolean;
}): Promise<Record<string, unknown>>;
/**
 * @param {Record<string, unknown>} exported
 * @param {string} file
 * @returns {Promise<Record<string, unknown>>} the settings of its app, or those that it exports
 * @throws `CommandError` when it exports neither
 */
export declare function settingsOf(exported: Record<string, unknown>, file: string): Promise<Record<string, unknown>>;
/**
 * @param {Record<string, unknown>} exported
 * @returns {Promise<Celery | undefined>}
 */
export declare function appOf(exported: Record<string, unknown>): Promise<Celery | undefined>;
/**
 * @param {import("./command.js").Values} values
 * @param {boolean} isGiven whether there is an app, which wins over variables
 * @returns {Record<string, unknown>} the settings in the command line
 */
export declare function addresses({ broker, "result-backend": backend }: import("./command.js").Values, isGiven: boolean): Record<string, unknown>;
