/** The app that a command is about: `--app`, or one made of the command line's settings. */
import { Celery } from "../app/celery.js";
/**
 * @param {import("./command.js").Values} values as for `loadSettings`
 * @returns {Promise<Celery>} an app to send with and to ask for results: the one that is named, else one of these settings
 * @throws what `loadSettings` throws
 */
export declare function loadClient(values: import("./command.js").Values): Promise<Celery>;
/**
 * @param {import("./command.js").Values} values `app`: a file that exports a `Celery`, as for `loadSettings`. `broker`: a URL
 *   instead of the app's
 * @param {{ fromWorker?: boolean }} [options] `fromWorker`: takes the app of a module that would start a worker
 * @returns {Promise<Celery>} with its tasks
 * @throws `UsageError` when no file is named
 * @throws `CommandError` when there is no such file, or no app in it
 * @throws `ImproperlyConfigured` when the URL is wrong
 */
export declare function loadApp(values: import("./command.js").Values, options?: {
    fromWorker?: boolean;
}): Promise<Celery>;
/**
 * Gives an app that has not connected yet other settings than its module did: those of the command line win.
 *
 * @param {Celery} app
 * @param {Record<string, unknown>} changes
 * @throws `ImproperlyConfigured` when a setting is wrong
 */
export declare function changeSettings(app: Celery, changes: Record<string, unknown>): void;
