export type ScriptName = "take" | "start" | "settle" | "bury" | "requeue" | "renew" | "park" | "sweep" | "restore" | "revive" | "expire" | "measure";
export type ScriptArgument = string | number | Buffer;
export type Scripts = Record<string, {
    lua: string;
}>;
/** @typedef {Record<string, { lua: string }>} Scripts by the names of the methods that ioredis adds */
/**
 * @param {string} folder below `src/`
 * @param {readonly string[]} names
 * @returns {Scripts}
 * @throws `ImproperlyConfigured` in a bundle
 */
export declare const readScripts: (folder: string, names: readonly string[]) => Scripts;
/** For the `scripts` option of a connection, which sends a script's text once and its hash from then on. */
export declare const deliveryScripts: () => Scripts;
