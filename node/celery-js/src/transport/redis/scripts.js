/**
 * The Lua scripts of the delivery protocol; each file's header says what its script guarantees. They are read when a connection
 * first needs one: a bundle of a client has no files, and a client needs no script.
 */
import { readFileSync } from "node:fs";
import { packageFile } from "../../package-files.js";

/** @typedef {"take" | "start" | "settle" | "bury" | "requeue" | "renew" | "park" | "sweep" | "restore" | "revive" | "expire" | "measure"} ScriptName */
/** @typedef {string | number | Buffer} ScriptArgument */

/** @type {ScriptName[]} */
const NAMES = [
  "take",
  "start",
  "settle",
  "bury",
  "requeue",
  "renew",
  "park",
  "sweep",
  "restore",
  "revive",
  "expire",
  "measure",
];

/** @typedef {Record<string, { lua: string }>} Scripts by the names of the methods that ioredis adds */

/**
 * @param {string} folder below `src/`
 * @param {readonly string[]} names
 * @returns {Scripts}
 * @throws {ImproperlyConfigured} in a bundle
 */
export const readScripts = (folder, names) =>
  Object.fromEntries(
    names.map((name) => [`celery_${name}`, { lua: readFileSync(packageFile(`${folder}/${name}.lua`), "utf8") }]),
  );

/** For the `scripts` option of a connection, which sends a script's text once and its hash from then on. */
export const deliveryScripts = () => readScripts("transport/redis/lua", NAMES);
