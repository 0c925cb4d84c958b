/** Reports failed tasks to Sentry: one event for each final failure, none for a retry. */
import { openTelemetry } from "./open-telemetry.js";
import { NOT_WANTED, optional } from "./optional.js";
import { reportErrorsTo } from "./error-reports.js";

const FLUSH_MS = 2_000;

/** They report an error that no promise carries, which fails its task, and is reported with it. */
const NOT_OURS = ["OnUncaughtException", "OnUnhandledRejection"];

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
