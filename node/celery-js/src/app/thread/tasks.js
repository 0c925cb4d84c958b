/** The tasks of a thread: imported from where the main thread found them. */
import { pathToFileURL } from "node:url";
import { ImproperlyConfigured } from "../../errors.js";
import { taskOptions } from "../../tasks/define.js";
import { checkTaskOptions } from "../../tasks/options.js";
import { parseParameters } from "../../tasks/parameters.js";
import { registerBuiltins } from "../builtins.js";
import { ThreadTask } from "./thread-app.js";

/** @typedef {{ name: string, file: string, exported: string }} TaskPlace where a task's function is exported */

/**
 * @param {import("./thread-app.js").ThreadApp} app
 * @param {TaskPlace[]} places
 * @throws {ImproperlyConfigured} when a module no longer exports what the main thread found in it
 */
export async function registerTasks(app, places) {
  registerBuiltins(/** @type {any} */ (app));
  for (const { name, file, exported } of places) {
    const module = await import(pathToFileURL(file).href);
    const fn = module[exported];
    if (typeof fn !== "function") {
      throw new ImproperlyConfigured(`task ${name}: ${file} exports no function '${exported}' in a thread`);
    }
    const options = checkTaskOptions(taskOptions(fn) ?? {}, `task ${name}`);
    const { bind, params } = options;
    const parameters = parseParameters(fn, { bind, params, name });
    app.tasks.register(new ThreadTask({ app: /** @type {any} */ (app), name, fn, options, parameters }));
  }
}
