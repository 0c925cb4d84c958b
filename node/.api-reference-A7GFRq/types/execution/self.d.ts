export type Execution = import("./execution.js").Execution;
export type Signature = import("../canvas/signature.js").Signature<any>;
export type Services = {
    completer: import("../worker/completion/completer.js").Completer;
    resultEncoder: import("./result-encoder.js").ResultEncoder;
};
/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("../canvas/signature.js").Signature<any>} Signature
 *
 * @typedef {object} Services
 * @property {import("../worker/completion/completer.js").Completer} completer
 * @property {import("./result-encoder.js").ResultEncoder} resultEncoder
 */
/**
 * @param {import("../worker/model/types.js").RegisteredTask} task
 * @param {Execution} execution
 * @param {Services} services
 * @param {import("../worker/observers/log.js").Logger} log
 */
export declare function createSelf(task: import("../worker/model/types.js").RegisteredTask, execution: Execution, services: Services, log: import("../worker/observers/log.js").Logger): any;
