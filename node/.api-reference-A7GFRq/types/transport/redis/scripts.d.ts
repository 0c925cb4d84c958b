export type ScriptName = "take" | "start" | "settle" | "bury" | "requeue" | "renew" | "park" | "sweep" | "restore" | "revive" | "expire";
export type ScriptArgument = string | number | Buffer;
/** For the `scripts` option of a connection, which sends a script's text once and its hash from then on. */
export declare const SCRIPTS: {
    [k: string]: {
        lua: string;
    };
};
/**
 * @param {{ client: import("ioredis").Redis }} connection opened with `SCRIPTS`
 * @param {ScriptName | `chord_${string}`} name
 * @param {string[]} keys
 * @param {ScriptArgument[]} args
 * @returns {Promise<unknown>} what the script returns
 */
export declare function runScript(connection: {
    client: import("ioredis").Redis;
}, name: ScriptName | `chord_${string}`, keys: string[], args: ScriptArgument[]): Promise<unknown>;
