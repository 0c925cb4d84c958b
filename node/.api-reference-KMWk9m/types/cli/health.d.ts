/** @type {import("./command.js").Command} */
export declare const HEALTH: import("./command.js").Command;
