/**
 * What the log says of one trouble that lasts: a line when it begins, with the reason; at most one a minute while it goes on; a line
 * when it is over, with its length. One that comes and goes is not said each time either.
 */
/** Of a trouble whose end nobody can see: after so long without it, the next one is new. */
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
     * @param {string} line says what, and why
     * @param {object} [fields] more for the line, such as `{ taskId }`
     */
    failed(line: string, fields?: object): void;
    /** Says that the trouble is over, if there was one. */
    end(): void;
}
