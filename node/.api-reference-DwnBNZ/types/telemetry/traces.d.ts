/**
 * @param {string} service
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<import("./optional.js").Started>}
 */
export declare function startTraces(service: string, environment: NodeJS.ProcessEnv): Promise<import("./optional.js").Started>;
