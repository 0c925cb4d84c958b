export type Delivery = import("../../transport/redis/consumer.js").Delivery;
export type Request = import("../../execution/request.js").Request;
export type Decision = {
    kind: "run";
    request: Request;
} | {
    kind: "wait";
    request: Request;
    etaMs: number;
} | {
    kind: "park";
    request: Request;
    dueMs: number;
} | {
    kind: "revoked";
    request: Request;
    reason: string;
} | {
    kind: "bury";
    reason: string;
    error: Error;
    taskId: string | null;
    message: import("../../protocol/message.js").TaskMessage | null;
};
/**
 * @typedef {import("../../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {import("../../execution/request.js").Request} Request
 *
 * @typedef {{ kind: "run", request: Request }
 *   | { kind: "wait", request: Request, etaMs: number }
 *   | { kind: "park", request: Request, dueMs: number }
 *   | { kind: "revoked", request: Request, reason: string }
 *   | { kind: "bury", reason: string, error: Error, taskId: string | null, message: import("../../protocol/message.js").TaskMessage | null }
 * } Decision
 */
export declare class Admission {
    #private;
    /**
     * @param {object} options
     * @param {import("../model/types.js").WorkerApp} options.app
     * @param {import("../observers/log.js").Logger} options.log
     * @param {number} options.leaseMs a message whose eta is over two of them away is let go of until then
     * @param {import("../pools/choice.js").PoolName} options.pool that runs the tasks which ask for none
     * @param {import("../model/revocations.js").Revocations} options.revocations
     */
    constructor({ app, log, leaseMs, pool, revocations }: {
        app: import("../model/types.js").WorkerApp;
        log: import("../observers/log.js").Logger;
        leaseMs: number;
        pool: import("../pools/choice.js").PoolName;
        revocations: import("../model/revocations.js").Revocations;
    });
    /**
     * Judges one message. Whatever goes wrong with it is its own end, and nothing to those that were taken with it.
     *
     * @param {Delivery} delivery
     * @returns {Decision}
     */
    decide(delivery: Delivery): Decision;
}
