export type Contract = {
    /**
     * of the whole contract, with the tasks of other languages
     */
    hash: string;
    /**
     * name of each of this app's tasks -> its hash
     */
    tasks: Record<string, string>;
};
/**
 * @typedef {object} Contract
 * @property {string} hash of the whole contract, with the tasks of other languages
 * @property {Record<string, string>} tasks name of each of this app's tasks -> its hash
 */
/**
 * @param {import("../../settings.js").Settings} settings
 * @returns {Contract | { error: string }} an error when there is no such file, or it is not a contract
 */
export declare function contractOf({ contractFile }: import("../../settings.js").Settings): Contract | {
    error: string;
};
/**
 * @param {import("../../settings.js").Settings} settings
 * @param {import("../observers/log.js").Logger} log
 */
export declare function logContract(settings: import("../../settings.js").Settings, log: import("../observers/log.js").Logger): void;
