/** Reports failed tasks to Sentry: one event for each final failure, none for a retry. */
import { openTelemetry } from "./open-telemetry.js";
import { NOT_WANTED, optional } from "./optional.js";
import { reportErrorsTo } from "./error-reports.js";

const FLUSH_MS = 2_000;

/**
 * Integrations that would report an error twice that no promise carries, as it fails its task too, or would drop the second of two
 * tasks that fail alike.
 */
const NOT_OURS = ["Dedupe", "OnUncaughtException", "OnUnhandledRejection"];

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<import("./optional.js").Started>}
 */
export async function startSentry({ SENTRY_DSN: dsn, SENTRY_TRACES_SAMPLE_RATE: sampleRate }) {
  if (!dsn) return NOT_WANTED;
  const sentry = await optional(() => import("@sentry/node"), "@sentry/node", "SENTRY_DSN", "no errors are reported");
  if (typeof sentry === "string") return { problem: sentry, flush: null };
  if (!sentry.isInitialized()) {
    sentry.init({
      dsn,
      // Sentry would register an SDK of its own, and put its headers into every message.
      skipOpenTelemetrySetup: !sampleRate,
      integrations: (defaults) => defaults.filter(({ name }) => !NOT_OURS.includes(name)),
    });
  }
  reportErrorsTo((error, tags) => {
    sentry.captureException(error, { tags, mechanism: { type: "celery", handled: false } });
  });
  return { problem: null, flush: () => sentry.close(FLUSH_MS) };
}
