/** The Lua scripts of the delivery protocol, read once; each file's header says what its script guarantees. */
import { readFileSync } from "node:fs";
import { SCRIPT_REPLIES } from "./reply-check.js";

/** @typedef {"take" | "start" | "settle" | "bury" | "requeue" | "renew" | "park" | "sweep" | "restore" | "revive" | "expire"} ScriptName */
/** @typedef {string | number | Buffer} ScriptArgument */

/** @type {ScriptName[]} */
const NAMES = ["take", "start", "settle", "bury", "requeue", "renew", "park", "sweep", "restore", "revive", "expire"];

/** For the `scripts` option of a connection, which sends a script's text once and its hash from then on. */
export const SCRIPTS = Object.fromEntries(
  NAMES.map((name) => [`celery_${name}`, { lua: readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), "utf8") }]),
);

/**
 * @param {{ client: import("./reply-check.js").CheckedRedis }} connection opened with `SCRIPTS`
 * @param {ScriptName | `chord_${string}`} name
 * @param {string[]} keys
 * @param {ScriptArgument[]} args
 * @returns {Promise<unknown>} what the script returns
 * @throws {Error} when the reply cannot be the script's; it may have been executed
 */
export async function runScript(connection, name, keys, args) {
  const client = /** @type {Record<string, (...args: ScriptArgument[]) => Promise<unknown>>} */ (
    /** @type {unknown} */ (connection.client)
  );
  const reply = await client[`celery_${name}`](keys.length, ...keys, ...args);
  connection.client.expect(SCRIPT_REPLIES[name](reply, args));
  return reply;
}
