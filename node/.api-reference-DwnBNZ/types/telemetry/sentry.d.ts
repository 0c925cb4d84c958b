/** Reports failed tasks to Sentry: one event for each final failure, none for a retry. */
/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<import("./optional.js").Started>}
 */
export declare function startSentry({ SENTRY_DSN: dsn }: NodeJS.ProcessEnv): Promise<import("./optional.js").Started>;
