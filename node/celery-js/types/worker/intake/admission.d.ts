import { Request } from "../../execution/request.js";
export type Delivery = import("../../transport/transport.js").Delivery;
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
export declare class Admission {
    #private;
    /**
     * @param {object} options
     * @param {import("../model/types.js").WorkerApp} options.app
     * @param {number} options.leaseMs a message whose eta is more than two leases away is parked until then
     * @param {boolean} options.canPark false: the broker cannot keep it until then, and it is held here
     * @param {import("../pools/slots.js").PoolName} options.pool for tasks that name none
     * @param {import("../model/revocations.js").Revocations} options.revocations
     */
    constructor({ app, leaseMs, canPark, pool, revocations }: {
        app: import("../model/types.js").WorkerApp;
        leaseMs: number;
        canPark: boolean;
        pool: import("../pools/slots.js").PoolName;
        revocations: import("../model/revocations.js").Revocations;
    });
    /**
     * Judges one message. An error ends this message only, not those that were taken with it.
     *
     * @param {Delivery} delivery
     * @returns {Decision}
     */
    decide(delivery: Delivery): Decision;
}
