/**
 * Call it before anything else is imported that is to be traced. Without the variables, it does nothing.
 *
 * @param {string} service the name of this program, unless `OTEL_SERVICE_NAME` has one
 * @param {NodeJS.ProcessEnv} [environment] changed: metrics and logs are not exported unless it says so
 */
export declare function startTelemetry(service: string, environment?: NodeJS.ProcessEnv): Promise<void>;
