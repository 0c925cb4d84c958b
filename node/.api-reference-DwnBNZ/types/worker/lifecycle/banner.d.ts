export type Facts = {
    /**
     * of celery-js
     */
    version: string;
    app: string;
    /**
     * broker URL without its password
     */
    transport: string;
    /**
     * result URL without its password
     */
    results: string;
    /**
     * tasks at a time, by pool
     */
    concurrency: Partial<Record<string, number>>;
    queues: string[];
    tasks: string[];
};
/**
 * @typedef {object} Facts
 * @property {string} version of celery-js
 * @property {string} app
 * @property {string} transport broker URL without its password
 * @property {string} results result URL without its password
 * @property {Partial<Record<string, number>>} concurrency tasks at a time, by pool
 * @property {string[]} queues
 * @property {string[]} tasks
 */
/**
 * @param {string} hostname
 * @param {Facts} facts
 * @returns {string}
 */
export declare function banner(hostname: string, { version, transport, results, concurrency, queues, tasks }: Facts): string;
