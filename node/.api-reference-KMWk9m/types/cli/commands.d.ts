/**
 * The table of commands: one entry, and one file or folder, for each. Each is imported when it is called, as a health check runs
 * one every few seconds.
 */
/** @type {import("./command.js").Command} */
export declare const COMMANDS: import("./command.js").Command;
