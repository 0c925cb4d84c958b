export type Logger = import("pino").Logger;
export type LogStream = NodeJS.WritableStream & {
    isTTY?: boolean;
};
/**
 * @param {object} options
 * @param {string} options.level debug, info, warning, error or critical
 * @param {string} options.format pretty, json, or auto: pretty on a terminal
 * @param {LogStream} [options.stream] default stdout
 * @returns {Logger}
 * @throws {ImproperlyConfigured} for a level or format that does not exist
 */
export declare function createLogger({ level, format, stream }: {
    level: string;
    format: string;
    stream?: LogStream;
}): Logger;
/** @param {Error} error */
export declare const describeError: (error: Error) => {
    type: string;
    message: string;
    stack: string;
};
