export type ControlState = import("../state.js").ControlState;
export type ControlCommand = import("../panel.js").ControlCommand;
/**
 * @typedef {import("../state.js").ControlState} ControlState
 * @typedef {import("../panel.js").ControlCommand} ControlCommand
 */
/** @type {readonly ControlCommand[]} */
export declare const POOL: readonly ControlCommand[];
