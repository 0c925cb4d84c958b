/** @type {readonly import("../panel.js").ControlCommand[]} */
export declare const QUEUES: readonly import("../panel.js").ControlCommand[];
