export type Settings = import("../settings.js").Settings;
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
     * what monitors are told once that is done
     */
    events?: import("../worker/observers/task-events.js").TaskEvent[];
};
/**
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../worker/model/types.js").TaskOptions} TaskOptions
 *
 * @typedef {object} Disposition what is to be done with the message
 * @property {"settle" | "requeue" | "bury" | "leave"} kind "leave": to its lease, as if this worker had been lost
 * @property {string} result meta to store, "" for none
 * @property {string} [reason] of a burial
 * @property {import("../worker/observers/task-events.js").TaskEvent[]} [events] what monitors are told once that is done
 */
/**
 * @param {import("./request.js").Request} request of a task that has failed
 * @param {Error} error
 * @param {string} result "" for none
 * @param {Settings} settings
 * @returns {Disposition} after a time limit that is not acknowledged the message goes back, after another failure to the dead letters
 */
export declare function dispositionOfFailure({ task: { options }, acksLate }: import("./request.js").Request, error: Error, result: string, settings: Settings): Disposition;
/**
 * @param {import("./request.js").Request} request
 * @param {Error} error
 * @param {Settings} settings
 * @returns {boolean} whether it is left to its lease, having lost what ran it (`rejectOnWorkerLost`): so its loss is counted
 */
export declare function comesBackWhenLost({ task: { options }, acksLate }: import("./request.js").Request, error: Error, settings: Settings): boolean;
