/** The parts of a server's URL, read by the rules of `kombu.utils.url`. */
export type Refuse = import("./url-parameters.js").Refuse;
/** @typedef {import("./url-parameters.js").Refuse} Refuse */
/**
 * @param {string} url
 * @returns {{ scheme: string, user: string, host: string, path: string, query: string } | null} null: it is no URL
 */
export declare function partsOf(url: string): {
    scheme: string;
    user: string;
    host: string;
    path: string;
    query: string;
} | null;
/**
 * @param {string} text what follows the `@`
 * @param {{ defaultPort: number, refuse: Refuse }} options
 * @returns {{ host: string, port: number }}
 */
export declare function hostOf(text: string, { defaultPort, refuse }: {
    defaultPort: number;
    refuse: Refuse;
}): {
    host: string;
    port: number;
};
/**
 * @param {string} text before the `@`
 * @returns {{ username?: string, password?: string }}
 */
export declare function credentialsOf(text: string): {
    username?: string;
    password?: string;
};
/**
 * @param {string} text
 * @returns {string} as Python's `unquote`: a percent sign that begins no code stays
 */
export declare const unquote: (text: string) => string;
/**
 * @param {string} text
 * @param {(problem: string) => Error} refuse
 */
export declare function databaseNumber(text: string, refuse: (problem: string) => Error): number;
