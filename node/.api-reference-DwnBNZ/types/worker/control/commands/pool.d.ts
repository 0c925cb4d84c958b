export type ControlState = import("../state.js").ControlState;
export type ControlCommand = import("../panel.js").ControlCommand;
/** @type {readonly ControlCommand[]} */
export declare const POOL: readonly ControlCommand[];
