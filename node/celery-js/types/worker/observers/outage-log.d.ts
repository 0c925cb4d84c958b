/**
 * Logs one kind of outage: a line when it begins, with the reason; at most one a minute while it lasts; a line when it is over,
 * with its length. Outages that come and go are not logged each time.
 */
export type OutageLogOptions = {
    log: import("./log.js").Logger;
    /**
     * the line for the end, followed by the outage's length; default: the end is not logged
     */
    over?: string;
    /**
     * a clock, in milliseconds
     */
    now?: () => number;
};
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
    /** @returns {number} when it last failed, by its clock; 0 if there is no outage */
    get lastMs(): number;
    /**
     * Logs that the outage is over, if there was one.
     *
     * @param {string} [over] instead of the usual line
     * @param {number} [endedMs] when it was over, by its clock; default: now
     */
    end(over?: string, endedMs?: number): void;
}
