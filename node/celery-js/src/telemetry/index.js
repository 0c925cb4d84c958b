/**
 * Traces by OpenTelemetry and error reports by Sentry for a worker: what the variables `OTEL_*` and `SENTRY_DSN` ask for. Imported
 * as `celery-js/telemetry`. The program installs the packages; a worker that lacks one logs this and runs.
 */
import { signals } from "../signals.js";
import { startSentry } from "./sentry.js";
import { startTraces } from "./traces.js";

/**
 * Call it before anything else is imported that is to be traced. Without the variables, it does nothing.
 *
 * @param {string} service the name of this program, unless `OTEL_SERVICE_NAME` has one
 * @param {NodeJS.ProcessEnv} [environment] changed: metrics and logs are not exported unless it says so
 */
export async function startTelemetry(service, environment = process.env) {
  const started = [await startTraces(service, environment), await startSentry(environment)];
  for (const { problem, flush } of started) {
    if (problem !== null) warnLater(problem);
    // After the last task has ended.
    if (flush !== null) signals.workerShutdown.connect(flush);
  }
}

/** In the worker's log, as soon as it has one. @param {string} problem */
function warnLater(problem) {
  signals.celerydAfterSetup.connect(({ instance }) => instance.log.warn(problem), { dispatchUid: problem });
}
