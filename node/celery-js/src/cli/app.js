/** The app that a command uses: the one of `--app`, or one made from the command line's settings. */
import { Celery } from "../app/celery.js";
import { CommandError, UsageError } from "./command.js";
import { APPS, addresses, appOf, load, settingsOf } from "./module.js";

/**
 * @param {import("./command.js").Values} values as for `loadSettings`
 * @returns {Promise<Celery>} an app for sending tasks and reading results: the one of `--app`, else one made from these settings
 * @throws what `loadSettings` throws
 */
export async function loadClient(values) {
  if (typeof values.app !== "string") return new Celery("celery", addresses(values, false));
  const exported = await load(values.app);
  const app = await appOf(exported);
  if (app === undefined)
    return new Celery("celery", { ...(await settingsOf(exported, values.app)), ...addresses(values, true) });
  app.overrideSettings(addresses(values, true));
  return app;
}

/**
 * @param {import("./command.js").Values} values `app`: a file that exports a `Celery`, as for `loadSettings`. `broker`: a URL
 *   instead of the app's
 * @param {{ fromWorker?: boolean }} [options] `fromWorker`: takes the app of a module that would start a worker
 * @returns {Promise<Celery>} with its tasks
 * @throws {UsageError} when no file is named
 * @throws {CommandError} when there is no such file, or no app in it
 * @throws {ImproperlyConfigured} when the URL is wrong
 */
export async function loadApp(values, options = {}) {
  const { app: file } = values;
  if (typeof file !== "string") throw new UsageError("Which app? -A FILE names the module that exports it.");
  const exported = await load(file, options);
  const app = await appOf(exported);
  if (app === undefined) {
    throw new CommandError(
      `Unable to load celery application. ${file} exports no app as ${APPS.join(", ")}; settings alone have no tasks.`,
    );
  }
  app.overrideSettings(addresses(values, true));
  return app;
}
