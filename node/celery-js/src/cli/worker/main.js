/** A worker in a separate program that takes the options of `celery-js worker`. */
import { basename } from "node:path";
import { CommandError } from "../command.js";
import { endLoadingWith } from "../module.js";
import { execute } from "../run.js";
import { Terminal } from "../terminal.js";
import { WORKER_OPTIONS, workerArguments } from "./options.js";
import { REFUSED } from "./refused.js";

/**
 * Runs a worker with the options of the command line (Celery's `app.worker_main`), and ends the process as `worker.run()`
 * does. A wrong command line ends it with one line and exit code 2, `--help` with 0.
 *
 * @param {import("../../app/celery.js").Celery} app with its tasks
 * @param {import("../../worker/lifecycle/options.js").WorkerOptions} [defaults] for what the command line does not give
 * @param {string[]} [argv] the words of the command line, without the program's
 * @returns {Promise<never>}
 * @throws {ImproperlyConfigured} when an option cannot be used, or a task cannot run in its pool
 */
export async function workerMain(app, defaults = {}, argv = process.argv.slice(2)) {
  if (endLoadingWith(app)) return new Promise(() => {});
  const terminal = new Terminal(process);
  const command = {
    summary: "Start a worker.",
    options: WORKER_OPTIONS,
    refused: REFUSED,
    run: async (/** @type {import("../command.js").Call} */ { values }) => {
      const { options, settings } = workerArguments(values);
      app.overrideSettings(settings);
      return app.worker({ ...defaults, ...options }).run();
    },
  };
  try {
    return await end(await execute(command, basename(process.argv[1] ?? "worker"), argv, terminal));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.error(`Error: ${error.message}`);
    return await end(error.exitCode);
  }
}

/**
 * Ends the process once all output is written, even if a task module has left something open.
 *
 * @param {number} exitCode
 * @returns {Promise<never>}
 */
async function end(exitCode) {
  for (const stream of [process.stdout, process.stderr]) await new Promise((written) => stream.write("", written));
  return process.exit(exitCode);
}
