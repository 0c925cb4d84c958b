export type Settings = import("../../settings.js").Settings;
/** @typedef {import("../../settings.js").Settings} Settings */
/** @type {import("../transport.js").Transport} */
export declare const REDIS: import("../transport.js").Transport;
