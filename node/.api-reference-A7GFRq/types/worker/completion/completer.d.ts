export type Request = import("../../execution/request.js").Request;
export type Delivery = import("../../transport/redis/consumer.js").Delivery;
export type Disposition = import("../../execution/disposition.js").Disposition;
/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("../../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {import("../../execution/disposition.js").Disposition} Disposition
 */
export declare class Completer {
    #private;
    /**
     * @param {object} parts
     * @param {import("../../transport/redis/consumer.js").RedisConsumer} parts.transport
     * @param {import("../../transport/redis/keeper.js").Keeper} parts.keeper
     * @param {import("./settle-batcher.js").SettleBatcher} parts.settleBatcher
     * @param {import("../../execution/result-encoder.js").ResultEncoder} parts.resultEncoder
     * @param {import("../../execution/follow-ups/follow-ups.js").FollowUps} parts.followUps
     * @param {import("../observers/announcements.js").Announcements} parts.announcements
     * @param {import("../observers/task-events.js").TaskEvents} parts.events
     * @param {import("../observers/log.js").Logger} parts.log
     * @param {() => void} parts.onEnded called whenever a message has left
     */
    constructor(parts: {
        transport: import("../../transport/redis/consumer.js").RedisConsumer;
        keeper: import("../../transport/redis/keeper.js").Keeper;
        settleBatcher: import("./settle-batcher.js").SettleBatcher;
        resultEncoder: import("../../execution/result-encoder.js").ResultEncoder;
        followUps: import("../../execution/follow-ups/follow-ups.js").FollowUps;
        announcements: import("../observers/announcements.js").Announcements;
        events: import("../observers/task-events.js").TaskEvents;
        log: import("../observers/log.js").Logger;
        onEnded: () => void;
    });
    /** @returns {number} messages on their way out, and results on their way to be stored */
    get pending(): number;
    /** @returns {number} messages that have ended here, and that the server would still count as held if a `take` were sent now */
    get held(): number;
    /** What a task left behind. @param {Request} request @param {Disposition} disposition */
    finish(request: Request, { kind, result, reason, events }: Disposition): void;
    /**
     * Stores a state, and keeps the message.
     *
     * @param {string} taskId
     * @param {string} result
     * @returns {Promise<boolean>} false when the server refused it for good, which the log says
     */
    store(taskId: string, result: string): Promise<boolean>;
    /**
     * Ends a message whose result cannot be stored: it is not acknowledged, and kept among the dead letters.
     *
     * @param {import("./settle-batcher.js").Waiting} waiting
     * @param {Error} error why
     */
    refuse({ settlement: { taskId }, delivery }: import("./settle-batcher.js").Waiting, error: Error): void;
    /**
     * Acknowledges before the start, for tasks that must never run twice.
     *
     * @param {Request} request
     * @returns {Promise<boolean>} false: its lease had run out, and it must not start
     */
    acknowledge(request: Request): Promise<boolean>;
    /**
     * Tells the server that a task whose worker was lost before starts again.
     *
     * @param {Request} request
     * @returns {Promise<boolean>} false: its lease had run out, and it must not start
     */
    markStarted({ delivery }: Request): Promise<boolean>;
    /** @param {Request} request @param {string} reason such as "expired" */
    revoke(request: Request, reason: string): void;
    /**
     * @param {Request[]} requests
     * @param {"next" | "last"} side taken before all others, or after them
     * @returns {Promise<void>}
     */
    putBack(requests: Request[], side: "next" | "last"): Promise<void>;
    /** @param {Request} request @param {number} dueMs epoch: when it is to be back in its queue */
    park({ delivery: { number }, etaMs }: Request, dueMs: number): void;
    /** @param {Delivery} delivery @param {Extract<import("../intake/admission.js").Decision, { kind: "bury" }>} decision */
    buryUnrunnable(delivery: Delivery, decision: Extract<import("../intake/admission.js").Decision, {
        kind: "bury";
    }>): void;
    /**
     * @param {Delivery} delivery
     * @param {string} taskId
     * @param {string} reason
     * @param {string} result
     * @param {() => Promise<void>} [notify] done before the message leaves
     */
    bury({ number, queue, raw, workersLost }: Delivery, taskId: string, reason: string, result: string, notify?: () => Promise<void>): void;
}
