/**
 * Starts OpenTelemetry traces and Sentry error reports for a worker, if the variables `OTEL_*` and `SENTRY_DSN` ask for them.
 * Imported as `celery-js/telemetry`. The program installs the packages; a worker that lacks one logs this and runs.
 */
import { signals } from "../signals.js";
import { startSentry } from "./sentry.js";
import { startTraces } from "./traces.js";

/**
 * Call it before importing anything that should be traced. Without the variables, it does nothing.
 *
 * @param {string} service the name of this program, unless `OTEL_SERVICE_NAME` has one
 * @param {NodeJS.ProcessEnv} [environment] changed by this call: turns off the export of metrics and logs unless the variables
 *   ask for it
 */
export async function startTelemetry(service, environment = process.env) {
  const started = [await startTraces(service, environment), await startSentry(environment)];
  for (const { problem, flush } of started) {
    if (problem !== null) warnLater(problem);
    // After the last task has ended.
    if (flush !== null) signals.workerShutdown.connect(flush);
  }
}

/** Logs the problem as soon as the worker has a log. @param {string} problem */
function warnLater(problem) {
  signals.celerydAfterSetup.connect(({ instance }) => instance.log.warn(problem), { dispatchUid: problem });
}
