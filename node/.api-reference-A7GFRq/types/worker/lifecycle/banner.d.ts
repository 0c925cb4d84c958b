/**
 * @param {object} facts
 * @param {string} facts.hostname
 * @param {string} facts.version
 * @param {string} facts.app
 * @param {string} facts.transport broker URL without its password
 * @param {string} facts.results result URL without its password
 * @param {Partial<Record<string, number>>} facts.concurrency tasks at a time, by pool
 * @param {string[]} facts.queues
 * @param {string[]} facts.tasks
 * @returns {string}
 */
export declare function banner({ hostname, version, app, transport, results, concurrency, queues, tasks }: {
    hostname: string;
    version: string;
    app: string;
    transport: string;
    results: string;
    concurrency: Partial<Record<string, number>>;
    queues: string[];
    tasks: string[];
}): string;
