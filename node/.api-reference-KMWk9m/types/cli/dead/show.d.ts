/** @type {import("../command.js").Command} */
export declare const show: import("../command.js").Command;
