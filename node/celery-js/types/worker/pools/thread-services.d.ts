export type Execution = import("../../execution/execution.js").Execution;
export type SendOptions = import("../../tasks/send-options.js").SendOptions;
export type Call = {
    name: string;
    args: unknown[];
    options: SendOptions;
};
export type Crossed = import("./crossing.js").Crossed;
export type Serve = (op: string, args: Crossed[], execution: Execution, signal: AbortSignal) => Promise<unknown>;
/**
 * @param {object} parts
 * @param {import("../model/types.js").WorkerApp} parts.app
 * @param {(taskId: string, result: string) => Promise<boolean>} parts.store
 * @param {(type: string, fields: Record<string, unknown>) => void} parts.sendEvent
 * @param {import("../observers/log.js").Logger} parts.log
 * @returns {Serve} rejects with what the call throws
 */
export declare function createServices({ app, store, sendEvent, log }: {
    app: import("../model/types.js").WorkerApp;
    store: (taskId: string, result: string) => Promise<boolean>;
    sendEvent: (type: string, fields: Record<string, unknown>) => void;
    log: import("../observers/log.js").Logger;
}): Serve;
