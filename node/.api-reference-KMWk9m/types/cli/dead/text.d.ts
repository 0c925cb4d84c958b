export type DeadLetter = import("../../transport/transport.js").DeadLetter;
/** @param {DeadLetter} letter what `--json` prints of every letter */
export declare const summary: ({ id, queue, task, reason, time, worker, deliveries }: DeadLetter) => {
    id: string;
    queue: string;
    task: string | null;
    reason: string;
    time: number | null;
    worker: string | null;
    deliveries: number | null;
};
/**
 * @param {number | null} time ms since the epoch
 * @returns {string} such as "3h": rounded down to one unit
 */
export declare function age(time: number | null): string;
/**
 * @param {string} text
 * @returns {number | null} its seconds; null when it is none: "90", "90s", "30m", "12h", "7d"
 */
export declare function parseAge(text: string): number | null;
/**
 * @param {string | number | null} value
 * @returns {string} on one line: control characters would steer the terminal
 */
export declare function cell(value: string | number | null): string;
/**
 * @param {Buffer} bytes
 * @returns {string} the text, or byte for byte what is none
 */
export declare function printable(bytes: Buffer): string;
/**
 * @param {string[][]} rows
 * @returns {string[]} lines with aligned columns
 */
export declare function columns(rows: string[][]): string[];
/**
 * @param {unknown} value
 * @returns {string} as Python's `json.dumps(value, indent=2)`: ASCII only
 */
export declare function json(value: unknown): string;
/**
 * @param {Map<string, number>} counts by queue
 * @param {string} word
 * @returns {string} such as "2 into js-queue, 1 into py-queue"
 */
export declare const perQueue: (counts: Map<string, number>, word: string) => string;
/** @param {number} count */
export declare const letters: (count: number) => string;
