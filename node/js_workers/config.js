/**
 * Reads the settings from the environment (`JOBS_*`), checks them, and gives them to Celery.
 *
 * `docs/settings.md` explains every variable. `python/py_workers/config.py` does the same for the Python workers. A variable that
 * is empty or not set has the default below, which is also in `configmaps/`.
 */
import { fileURLToPath } from "node:url";
import * as env from "celery-js/environment";

export const VARIABLES = {
  JOBS_BROKER_URL: env.brokerUrl.prefault("redis://127.0.0.1:6379/0"),
  JOBS_RESULT_BACKEND: env.resultUrl.prefault("redis://127.0.0.1:6379/0"),
  JOBS_TASK_ROUTES: env.routes.prefault("py_workers.*=py-queue,js_workers.*=js-queue"),
  JOBS_DEFAULT_QUEUE: env.queue.prefault("py-queue"),
  JOBS_RESULT_EXPIRES_S: env.wholeSeconds.prefault("86400"),
  JOBS_LEASE_S: env.lease.prefault("60"),
  JOBS_MAX_DELIVERIES: env.count.prefault("5"),
  JOBS_DEAD_LETTER_LIMIT: env.positiveCount.prefault("10000"),
  JOBS_DEAD_LETTER_MAX_AGE_S: env.wholeSeconds.prefault("2592000"),
  JOBS_MESSAGE_SIZE_LIMIT: env.positiveCount.prefault("67108864"),
  JOBS_TASK_TIME_LIMIT_S: env.wholeSeconds.prefault("1800"),
  JOBS_SOFT_SHUTDOWN_TIMEOUT_S: env.timeout.prefault("25"),
  JOBS_GLOBAL_KEYPREFIX: env.word.prefault(""),
  JOBS_FILES_DIR: env.folder.prefault(""),
  JOBS_SMTP_URL: env.word.prefault("smtp://127.0.0.1:2525"),
  JOBS_LOG_LEVEL: env.logLevel.prefault("info"),
  JOBS_LOG_FORMAT: env.logFormat.prefault(""),
  JOBS_HEALTH_ADDRESS: env.address.prefault(""),
  JOBS_JS_QUEUES: env.queues.prefault("js-queue"),
  JOBS_JS_CONCURRENCY: env.positiveCount.prefault("10"),
  JOBS_JS_THREADS: env.count.prefault("0"),
  JOBS_JS_PREFETCH_MULTIPLIER: env.positiveCount.prefault("4"),
  JOBS_JS_LOOP_STALL_LIMIT_S: env.wholeSeconds.prefault("600"),
};

const RENAMED = { JOBS_JS_HEALTH_ADDRESS: "JOBS_HEALTH_ADDRESS" };

/**
 * @param {NodeJS.ProcessEnv} [environment]
 * @throws {env.ConfigError} when a variable is unknown or its value is wrong
 */
export const readVariables = (environment) =>
  env.readEnvironment(VARIABLES, { prefix: "JOBS_", others: "JOBS_PY_", renamed: RENAMED, environment });

/**
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {import("celery-js").Settings} the settings for Celery, which documents them under "Configuration and defaults", in camelCase
 * @throws {env.ConfigError} when a variable is unknown or its value is wrong
 */
export function celerySettings(environment) {
  const values = readVariables(environment);
  const prefix = { globalKeyprefix: values.JOBS_GLOBAL_KEYPREFIX };
  return {
    brokerUrl: values.JOBS_BROKER_URL,
    brokerTransportOptions: prefix,
    resultBackend: values.JOBS_RESULT_BACKEND,
    resultBackendTransportOptions: prefix,
    resultExpires: values.JOBS_RESULT_EXPIRES_S,
    // The columns of the history in PostgreSQL: task, arguments, worker, queue.
    resultExtended: values.JOBS_RESULT_BACKEND.startsWith("db+"),
    taskDefaultQueue: values.JOBS_DEFAULT_QUEUE,
    taskRoutes: values.JOBS_TASK_ROUTES,
    taskTimeLimit: values.JOBS_TASK_TIME_LIMIT_S || null,
    contractFile: fileURLToPath(new URL("./contract.json", import.meta.url)),
    leaseS: values.JOBS_LEASE_S,
    maxDeliveries: values.JOBS_MAX_DELIVERIES,
    deadLetterLimit: values.JOBS_DEAD_LETTER_LIMIT,
    deadLetterMaxAgeS: values.JOBS_DEAD_LETTER_MAX_AGE_S,
    messageSizeLimit: values.JOBS_MESSAGE_SIZE_LIMIT,
    loopStallLimitS: values.JOBS_JS_LOOP_STALL_LIMIT_S,
    workerConcurrency: values.JOBS_JS_CONCURRENCY,
    workerThreadConcurrency: values.JOBS_JS_THREADS || null,
    workerPrefetchMultiplier: values.JOBS_JS_PREFETCH_MULTIPLIER,
    workerSoftShutdownTimeout: values.JOBS_SOFT_SHUTDOWN_TIMEOUT_S,
    workerHealthAddress: values.JOBS_HEALTH_ADDRESS || null,
    workerLogLevel: values.JOBS_LOG_LEVEL,
    workerLogFormat: values.JOBS_LOG_FORMAT || "auto",
  };
}

/**
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {{ queues: string[], hostname: string }} the options of `celery-js worker`
 * @throws {env.ConfigError} when a variable is unknown or its value is wrong
 */
export function workerOptions(environment) {
  return { queues: readVariables(environment).JOBS_JS_QUEUES, hostname: "js@%h" };
}
