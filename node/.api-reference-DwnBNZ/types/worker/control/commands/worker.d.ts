/** @type {readonly import("../panel.js").ControlCommand[]} */
export declare const WORKER: readonly import("../panel.js").ControlCommand[];
