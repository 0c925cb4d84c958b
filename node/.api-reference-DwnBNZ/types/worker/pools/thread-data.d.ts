export type ThreadData = {
    /**
     * the app's name
     */
    main: string;
    /**
     * those that can be copied, without functions and addresses
     */
    settings: import("../../settings.js").Settings;
    /**
     * whether the result backend has `chords`
     */
    countsChords: boolean;
    hostname: string;
    /**
     * pino's
     */
    logLevel: string;
    /**
     * that it runs, and where their functions are
     */
    tasks: Array<{
        name: string;
        file: string;
        exported: string;
    }>;
};
export type OwnData = ThreadData & {
    aborted: Int32Array;
};
/**
 * @typedef {object} ThreadData
 * @property {string} main the app's name
 * @property {import("../../settings.js").Settings} settings those that can be copied, without functions and addresses
 * @property {boolean} countsChords whether the result backend has `chords`
 * @property {string} hostname
 * @property {string} logLevel pino's
 * @property {Array<{ name: string, file: string, exported: string }>} tasks that it runs, and where their functions are
 *
 * @typedef {ThreadData & { aborted: Int32Array }} OwnData of one thread. `aborted`: shared with it, the delivery whose
 *   task must end
 */
/**
 * A delivery's number as the shared `aborted` keeps it.
 *
 * @param {number} number
 * @returns {number} of 32 bits
 */
export declare const abortMark: (number: number) => number;
/**
 * @param {import("../model/types.js").WorkerApp} app
 * @param {string[]} names of the tasks that run in threads
 * @param {string} hostname
 * @param {import("../observers/log.js").Logger} log
 * @returns {ThreadData}
 * @throws `ImproperlyConfigured` for a task whose function a thread cannot import
 */
export declare function threadData(app: import("../model/types.js").WorkerApp, names: string[], hostname: string, log: import("../observers/log.js").Logger): ThreadData;
