/** Reports failed tasks to Sentry: one event for each final failure, none for a retry. */

import { reportErrorsTo } from "./error-reports.js";
import { NOT_WANTED, optional } from "./optional.js";

/**
 * The used parts of `@sentry/node`.
 *
 * @typedef {object} Sentry
 * @property {() => boolean} isInitialized
 * @property {(options: { dsn: string, integrations: (defaults: Integration[]) => Integration[] }) => unknown} init
 * @property {(error: Error, hint: { tags: Record<string, string | undefined> }) => unknown} captureException
 * @property {(timeoutMs: number) => Promise<boolean>} close
 *
 * @typedef {{ name: string }} Integration
 */

/** Not a literal in `import()`, because type checkers and bundlers would look for the package. @type {string} */
const PACKAGE = "@sentry/node";
/** @returns {Promise<Sentry>} */
const load = () => import(PACKAGE);

const FLUSH_MS = 2_000;

/**
 * Sentry's integrations that are left out. The first three would report stray errors and lost threads a second time, as these
 * also fail their task; the last one would drop the second of two tasks that fail alike.
 */
const NOT_OURS = ["OnUncaughtException", "OnUnhandledRejection", "WorkerThreads", "Dedupe"];

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<import("./optional.js").Started>}
 */
export async function startSentry({ SENTRY_DSN: dsn }) {
  if (!dsn) return NOT_WANTED;
  const sentry = await optional(load, PACKAGE, "SENTRY_DSN", "no errors are reported");
  if (typeof sentry === "string") return { problem: sentry, flush: null };
  if (!sentry.isInitialized()) {
    sentry.init({ dsn, integrations: (defaults) => defaults.filter(({ name }) => !NOT_OURS.includes(name)) });
  }
  reportErrorsTo((error, tags) => void sentry.captureException(error, { tags }));
  return { problem: null, flush: () => sentry.close(FLUSH_MS) };
}
