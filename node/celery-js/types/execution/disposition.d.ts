export type Disposition = {
    /**
     * "leave": the message stays until its lease ends, as if this worker
     * were lost
     */
    kind: "settle" | "requeue" | "bury" | "leave";
    /**
     * meta to store, "" for none
     */
    result: string;
    /**
     * why the message is buried
     */
    reason?: string;
    /**
     * called once that is done, to notify waiting clients
     */
    notify?: (() => void) | null;
    /**
     * a message that goes along with the result
     */
    carried?: Carried | null;
};
export type Carried = {
    publication: import("../transport/transport.js").Publication;
    /**
     * learns what has become of it
     */
    carrier: import("./follow-ups/carrier.js").Carrier;
    /**
     * settles once it has arrived, or what waits for it has failed. When the worker stops first, it
     * rejects, or never settles
     */
    delivered: Promise<void>;
};
/**
 * @param {import("./request.js").Request} request of a task that has failed
 * @param {Error} error
 * @param {string} result "" for none
 * @returns {Disposition} without acknowledgement, the message goes back after a time limit, and to the dead letters after
 *   any other failure
 */
export declare function dispositionOfFailure({ task, acksLate }: import("./request.js").Request, error: Error, result: string): Disposition;
/**
 * @param {import("./request.js").Request} request
 * @param {Error} error
 * @returns {boolean} whether the message is left to its lease because what ran it was lost (`rejectOnWorkerLost`), so
 *   that the loss is counted. A task that has used up its retries of `retryOnWorkerLost` fails instead
 */
export declare function comesBackWhenLost(request: import("./request.js").Request, error: Error): boolean;
