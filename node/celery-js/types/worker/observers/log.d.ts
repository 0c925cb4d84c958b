export type Logger = import("pino").Logger;
export type LogStream = NodeJS.WritableStream & {
    isTTY?: boolean;
};
/**
 * Makes a logger whose JSON lines have the same fields as those of a Python worker (celery_reliable/logs.py): `time`, `level`,
 * `logger`, `message`, `worker`; about a task also `task`, `task_id`, `root_id`, `parent_id`, `trace_id`, `queue`,
 * `runtime_s`; of an error `error.type`, `error.message`, `error.stack`.
 *
 * @param {object} options
 * @param {string} options.level debug, info, warning, error or critical
 * @param {string} options.format pretty, json, or auto: pretty on a terminal
 * @param {string} options.worker the worker's name
 * @param {LogStream} [options.stream] default stdout
 * @returns {Logger}
 */
export declare function createLogger({ level, format, worker, stream }: {
    level: string;
    format: string;
    worker: string;
    stream?: LogStream;
}): Logger;
/**
 * @param {string} format pretty, json, or auto: pretty on a terminal
 * @param {LogStream} [stream] default stdout
 * @returns {boolean}
 */
export declare function isPretty(format: string, stream?: LogStream): boolean;
/** @param {Error} error */
export declare const describeError: (error: Error) => {
    type: string;
    message: string;
    stack: string;
};
