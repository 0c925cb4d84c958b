export type Settings = import("../settings.js").Settings;
/** @interface */
export type TaskOptions = import("../worker/model/types.js").TaskOptions;
export type Disposition = {
    /**
     * "leave": to its lease, as if this worker had been lost
     */
    kind: "settle" | "requeue" | "bury" | "leave";
    /**
     * meta to store, "" for none
     */
    result: string;
    /**
     * of a burial
     */
    reason?: string;
    /**
     * called once that is done; informs those who wait for it
     */
    notify?: (() => void) | null;
};
/**
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../worker/model/types.js").TaskOptions} TaskOptions
 *
 * @typedef {object} Disposition what to do with the message
 * @property {"settle" | "requeue" | "bury" | "leave"} kind "leave": to its lease, as if this worker had been lost
 * @property {string} result meta to store, "" for none
 * @property {string} [reason] of a burial
 * @property {(() => void) | null} [notify] called once that is done; informs those who wait for it
 */
/**
 * @param {import("./request.js").Request} request of a task that has failed
 * @param {Error} error
 * @param {string} result "" for none
 * @param {Settings} settings
 * @returns {Disposition} without acknowledgement, the message goes back after a time limit, and to the dead letters after
 *   any other failure
 */
export declare function dispositionOfFailure({ task: { options }, acksLate }: import("./request.js").Request, error: Error, result: string, settings: Settings): Disposition;
/**
 * @param {import("./request.js").Request} request
 * @param {Error} error
 * @param {Settings} settings
 * @returns {boolean} whether the message is left to its lease because what ran it was lost (`rejectOnWorkerLost`), so
 *   that the loss is counted
 */
export declare function comesBackWhenLost({ task: { options }, acksLate }: import("./request.js").Request, error: Error, settings: Settings): boolean;
