/** Limits log lines that any client or any timer can cause, however many of them come. */
/** The kind of broadcasts that cannot be read. */
export declare const MALFORMED = "malformed broadcasts";
export declare class LineLimit {
    #private;
    /**
     * @param {import("./log.js").Logger} log
     * @param {object} [options]
     * @param {number} [options.lines] how many of each kind are logged in a minute
     * @param {number} [options.minuteMs] another length of a minute, for tests
     */
    constructor(log: import("./log.js").Logger, { lines, minuteMs }?: {
        lines?: number;
        minuteMs?: number;
    });
    /**
     * Logs a line, or counts it: the number of those that were left out follows when the minute is over.
     *
     * @param {"warn" | "error" | "fatal"} level
     * @param {string} kind a plural noun, of which there are only so many
     * @param {object} fields
     * @param {string} line
     */
    log(level: "warn" | "error" | "fatal", kind: string, fields: object, line: string): void;
}
