/** The Lua scripts of the delivery protocol, read once; each file's header says what its script guarantees. */
import { readFileSync } from "node:fs";

/** @typedef {"take" | "start" | "settle" | "bury" | "requeue" | "renew" | "park" | "sweep" | "restore" | "revive" | "expire"} ScriptName */
/** @typedef {string | number | Buffer} ScriptArgument */

/** @type {ScriptName[]} */
const NAMES = ["take", "start", "settle", "bury", "requeue", "renew", "park", "sweep", "restore", "revive", "expire"];

/** For the `scripts` option of a connection, which sends a script's text once and its hash from then on. */
export const SCRIPTS = Object.fromEntries(
  NAMES.map((name) => [`celery_${name}`, { lua: readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), "utf8") }]),
);
