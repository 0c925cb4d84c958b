export type Execution = import("./execution.js").Execution;
export type RunSpan = import("./execution.js").RunSpan;
export type Api = import("../telemetry/open-telemetry.js").Api;
/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("./execution.js").RunSpan} RunSpan
 * @typedef {import("../telemetry/open-telemetry.js").Api} Api
 */
/**
 * Runs a task within a span that ends with it.
 *
 * @template T
 * @param {Execution} execution
 * @param {() => T} run
 * @returns {T}
 */
export declare function traced<T>(execution: Execution, run: () => T): T;
