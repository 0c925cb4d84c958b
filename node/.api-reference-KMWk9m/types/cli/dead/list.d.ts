/** @type {import("../command.js").Command} */
export declare const list: import("../command.js").Command;
