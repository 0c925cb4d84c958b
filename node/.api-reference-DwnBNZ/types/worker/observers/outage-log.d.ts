/**
 * Logs one lasting trouble: a line when it begins, with the reason; at most one a minute while it lasts; a line when it
 * is over, with its length. A trouble that comes and goes is not logged each time.
 */
/** For a trouble without a visible end: after this long without it, the next one is new. */
export declare const FORGOTTEN_AFTER_MS: number;
export type OutageLogOptions = {
    log: import("./log.js").Logger;
    /**
     * the line of the end, which the length follows; without it there is none
     */
    over?: string;
    /**
     * a clock, in milliseconds
     */
    now?: () => number;
};
/**
 * @typedef {object} OutageLogOptions
 * @property {import("./log.js").Logger} log
 * @property {string} [over] the line of the end, which the length follows; without it there is none
 * @property {() => number} [now] a clock, in milliseconds
 */
export declare class OutageLog {
    #private;
    /** @param {OutageLogOptions} options */
    constructor({ log, over, now }: OutageLogOptions);
    /** @returns {boolean} */
    get isOngoing(): boolean;
    /**
     * Notes one failure.
     *
     * @param {string} line what failed, and why
     * @param {object} [fields] more for the line, such as `{ task_id }`
     */
    failed(line: string, fields?: object): void;
    /** @returns {number} the time by its clock */
    get nowMs(): number;
    /** @returns {number} when it last failed, by its clock; 0 without a trouble */
    get lastMs(): number;
    /**
     * Logs that the trouble is over, if there was one.
     *
     * @param {string} [over] instead of the usual line
     * @param {number} [endedMs] when it was over, by its clock; default: now
     */
    end(over?: string, endedMs?: number): void;
}
