/**
 * The settings: read from the environment (`JOBS_*`), validated and given to Celery, in this one place.
 *
 * `docs/settings.md` explains every variable; `python/py_workers/config.py` is the same for the Python workers. A variable that
 * is not set, or empty, has its default here, which equals the files in `configmaps/`.
 */
import { readVariables } from "./environment.js";

/** @satisfies {import("./environment.js").Table} */
export const VARIABLES = /** @type {const} */ ({
  JOBS_BROKER_URL: { type: "url", default: "redis://127.0.0.1:6379/0" },
  JOBS_RESULT_BACKEND: { type: "url", default: "redis://127.0.0.1:6379/0" },
  JOBS_TASK_ROUTES: { type: "routes", default: "py_workers.*=py-queue,js_workers.*=js-queue" },
  JOBS_DEFAULT_QUEUE: { type: "queue", default: "py-queue" },
  JOBS_RESULT_EXPIRES_S: { type: "wholeSeconds", default: 86400 },
  JOBS_LEASE_S: { type: "seconds", default: 60 },
  JOBS_MAX_DELIVERIES: { type: "count", default: 5 },
  JOBS_DEAD_LETTER_LIMIT: { type: "positive", default: 10000 },
  JOBS_DEAD_LETTER_MAX_AGE_S: { type: "wholeSeconds", default: 2592000 },
  JOBS_TASK_TIME_LIMIT_S: { type: "wholeSeconds", default: 1800 },
  JOBS_SOFT_SHUTDOWN_TIMEOUT_S: { type: "wholeSeconds", default: 25 },
  JOBS_GLOBAL_KEYPREFIX: { type: "text", default: "" },
  JOBS_LOG_LEVEL: { type: "level", default: "info" },
  JOBS_JS_QUEUES: { type: "queues", default: "js-queue" },
  JOBS_JS_CONCURRENCY: { type: "positive", default: 10 },
  JOBS_JS_THREADS: { type: "count", default: 0 },
  JOBS_JS_PREFETCH_MULTIPLIER: { type: "positive", default: 4 },
  JOBS_JS_LOOP_STALL_LIMIT_S: { type: "seconds", default: 600 },
  JOBS_JS_HEALTH_ADDRESS: { type: "address", default: "" },
});

/**
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {Record<string, unknown>} Celery's settings (its documentation: "Configuration and defaults") in camelCase
 * @throws {ConfigError} when a variable is unknown or its value is wrong
 */
export function celerySettings(environment = process.env) {
  const values = readVariables(VARIABLES, environment);
  const prefix = { globalKeyprefix: values.JOBS_GLOBAL_KEYPREFIX };
  return {
    brokerUrl: values.JOBS_BROKER_URL,
    brokerTransportOptions: prefix,
    resultBackend: values.JOBS_RESULT_BACKEND,
    resultBackendTransportOptions: prefix,
    resultExpires: values.JOBS_RESULT_EXPIRES_S,
    taskDefaultQueue: values.JOBS_DEFAULT_QUEUE,
    taskRoutes: values.JOBS_TASK_ROUTES,
    taskTimeLimit: values.JOBS_TASK_TIME_LIMIT_S || null,
    leaseS: values.JOBS_LEASE_S,
    maxDeliveries: values.JOBS_MAX_DELIVERIES,
    deadLetterLimit: values.JOBS_DEAD_LETTER_LIMIT,
    deadLetterMaxAgeS: values.JOBS_DEAD_LETTER_MAX_AGE_S,
    loopStallLimitS: values.JOBS_JS_LOOP_STALL_LIMIT_S,
    workerConcurrency: values.JOBS_JS_CONCURRENCY,
    workerThreadConcurrency: values.JOBS_JS_THREADS || null,
    workerPrefetchMultiplier: values.JOBS_JS_PREFETCH_MULTIPLIER,
    workerSoftShutdownTimeout: values.JOBS_SOFT_SHUTDOWN_TIMEOUT_S,
    workerHealthAddress: values.JOBS_JS_HEALTH_ADDRESS || null,
    workerLogLevel: values.JOBS_LOG_LEVEL,
  };
}

/**
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {{ queues: string[], hostname: string }} what the worker takes tasks from, and its name (`%h` is the host's)
 * @throws {ConfigError} when a variable is unknown or its value is wrong
 */
export function workerOptions(environment = process.env) {
  return { queues: readVariables(VARIABLES, environment).JOBS_JS_QUEUES, hostname: "js@%h" };
}
