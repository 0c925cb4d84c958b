export type BroadcastOptions = {
    /**
     * node names such as "celery@host"; default: all workers
     */
    destination?: readonly string[] | null;
    /**
     * of node names, in the manner of `matcher`
     */
    pattern?: string | null;
    /**
     * "glob" or "pcre"
     */
    matcher?: string | null;
    /**
     * seconds to wait for each answer, 1 by default; without `reply`, seconds until the command
     * expires (null: never)
     */
    timeout?: number | null;
    /**
     * whether to wait for answers; default false
     */
    reply?: boolean | null;
    /**
     * answers to wait for; default: as many as there are destinations
     */
    limit?: number | null;
    /**
     * called with each answer as it comes
     */
    callback?: ((reply: Reply) => void) | null;
    /**
     * whether the process may end while answers are awaited; default false
     */
    background?: boolean | null;
};
export type Reply = Record<string, any>;
/** @type {import("../validation/kinds.js").KindsOf<BroadcastOptions>} */
export declare const BROADCAST_KINDS: import("../validation/kinds.js").KindsOf<BroadcastOptions>;
export type BroadcastApp = {
    settings: import("../settings.js").Settings;
    clock: import("../protocol/clock.js").LamportClock;
    publisher: import("../transport/transport.js").Publisher;
};
/**
 * @param {BroadcastApp} app
 * @param {string} method Celery's name of the command
 * @param {Record<string, unknown>} args by Celery's names
 * @param {BroadcastOptions} options
 * @returns {Promise<Reply[] | null>} the answers; null when none were asked for
 * @throws {TypeError} for an option that cannot be used
 * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
 */
export declare function broadcast(app: BroadcastApp, method: string, args: Record<string, unknown>, options: BroadcastOptions): Promise<Reply[] | null>;
/**
 * Ends the questions of an app that still wait for answers; their promises reject.
 *
 * @param {object} app
 * @param {Error} reason
 */
export declare function interruptQuestions(app: object, reason: Error): void;
