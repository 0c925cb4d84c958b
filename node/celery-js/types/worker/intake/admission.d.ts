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
     * @param {number} options.leaseMs a message whose eta is more than two leases away is parked until then, if the broker can
     *   do that
     * @param {import("../pools/slots.js").PoolName} options.pool for tasks that name none
     * @param {object} options.parts
     * @param {import("../../transport/transport.js").Consumer} options.parts.taskConsumer
     * @param {import("./long-tasks.js").LongTasks} options.parts.longTasks
     * @param {import("./reservation.js").Reservation} options.parts.reservation
     * @param {import("../completion/completer.js").Completer} options.parts.completer
     * @param {import("../model/revocations.js").Revocations} options.parts.revocations
     * @param {import("../observers/task-observers.js").TaskObservers} options.parts.observers
     */
    constructor({ app, leaseMs, pool, parts }: {
        app: import("../model/types.js").WorkerApp;
        leaseMs: number;
        pool: import("../pools/slots.js").PoolName;
        parts: {
            taskConsumer: import("../../transport/transport.js").Consumer;
            longTasks: import("./long-tasks.js").LongTasks;
            reservation: import("./reservation.js").Reservation;
            completer: import("../completion/completer.js").Completer;
            revocations: import("../model/revocations.js").Revocations;
            observers: import("../observers/task-observers.js").TaskObservers;
        };
    });
    /** @param {readonly Delivery[]} deliveries just taken */
    admit(deliveries: readonly Delivery[]): void;
}
