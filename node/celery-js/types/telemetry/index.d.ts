/**
 * Call it before importing anything that should be traced. Without the variables, it does nothing.
 *
 * @param {string} service the name of this program, unless `OTEL_SERVICE_NAME` has one
 * @param {NodeJS.ProcessEnv} [environment] changed by this call: turns off the export of metrics and logs unless the variables
 *   ask for it
 */
export declare function startTelemetry(service: string, environment?: NodeJS.ProcessEnv): Promise<void>;
