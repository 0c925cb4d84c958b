/** `celery-js worker`: a worker of the app that `--app` names. */
import { loadApp } from "../app.js";
import { WORKER_OPTIONS, workerArguments } from "./options.js";
import { REFUSED } from "./refused.js";

/** @type {import("../command.js").Command} */
export const WORKER = {
  summary: "Start a worker.\n\nIt runs the tasks of an app: celery-js -A app.js worker -Q orders,mails -c 20",
  options: WORKER_OPTIONS,
  refused: REFUSED,
  run: async ({ values }) => {
    const { options, settings } = workerArguments(values);
    // For the log, which does not see the command line.
    if (values["no-color"]) process.env.NO_COLOR = "1";
    const app = await loadApp(values);
    app.overrideSettings(settings);
    return app.worker(options).run();
  },
};
