export type Request = import("../../execution/request.js").Request;
export type Delivery = import("../../transport/transport.js").Delivery;
export type Disposition = import("../../execution/disposition.js").Disposition;
export type Burial = Extract<import("../intake/admission.js").Decision, {
    kind: "bury";
}>;
export declare class Completer {
    #private;
    /** How many messages are leaving other than in a batch. */
    pending: number;
    /** How many of them the server would still count as held by this worker at the next `take`. */
    held: number;
    /** Called whenever a message has left. */
    onRoom: () => void;
    /**
     * @param {object} parts
     * @param {import("../../transport/transport.js").Consumer} parts.taskConsumer
     * @param {import("./settle-batcher.js").SettleBatcher} parts.settleBatcher
     * @param {import("../../protocol/result-encoder.js").ResultEncoder} parts.resultEncoder
     * @param {import("../../execution/follow-ups/follow-ups.js").FollowUps} parts.followUps
     * @param {import("../observers/task-observers.js").TaskObservers} parts.observers
     * @param {(taskId: string) => void} parts.onGone called for each that cannot be put back, as its lease had run out
     * @param {import("../observers/log.js").Logger} parts.log
     */
    constructor(parts: {
        taskConsumer: import("../../transport/transport.js").Consumer;
        settleBatcher: import("./settle-batcher.js").SettleBatcher;
        resultEncoder: import("../../protocol/result-encoder.js").ResultEncoder;
        followUps: import("../../execution/follow-ups/follow-ups.js").FollowUps;
        observers: import("../observers/task-observers.js").TaskObservers;
        onGone: (taskId: string) => void;
        log: import("../observers/log.js").Logger;
    });
    /**
     * Completes a task according to its disposition.
     *
     * @param {Request} request
     * @param {Disposition} disposition
     */
    finish(request: Request, { kind, result, reason, notify, carried }: Disposition): void;
    /**
     * Acknowledges before the start, for tasks that must never run twice.
     *
     * @param {Request} request
     * @returns {Promise<boolean>} false: its lease had run out, and it must not start
     */
    acknowledge(request: Request): Promise<boolean>;
    /**
     * Notes on the server that a task whose worker was lost before starts again.
     *
     * @param {Request} request
     * @returns {Promise<boolean>} false: its lease had run out, and it must not start
     */
    markStarted({ delivery }: Request): Promise<boolean>;
    /**
     * @param {Request} request
     * @param {string} reason such as "expired"
     */
    revoke(request: Request, reason: string): void;
    /**
     * @param {Request[]} requests
     * @param {"next" | "last"} side taken before all others, or after them
     * @returns {Promise<void>}
     */
    putBack(requests: Request[], side: "next" | "last"): Promise<void>;
    /**
     * @param {Request} request
     * @param {number} dueMs epoch: when it is to be back in its queue
     */
    park({ delivery, etaMs }: Request, dueMs: number): void;
    /**
     * @param {Delivery} delivery
     * @param {Burial} burial
     */
    buryUnrunnable(delivery: Delivery, burial: Burial): void;
    /**
     * @param {Delivery} delivery
     * @param {string} taskId
     * @param {string} reason
     * @param {string} result
     * @param {() => Promise<void>} [notify] done before the message leaves
     */
    bury(delivery: Delivery, taskId: string, reason: string, result: string, notify?: () => Promise<void>): void;
}
