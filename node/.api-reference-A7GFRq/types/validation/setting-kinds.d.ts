export type SettingType = "string" | "boolean" | "priority" | "count" | "depth" | "positive" | "seconds" | "timeout" | "lease" | "pool" | "rate" | "transport" | "address" | "routes" | "compression" | "policy" | "remote-control" | "json-only";
/** @type {Record<SettingType, import("./kinds.js").Kind>} */
export declare const SETTING_KINDS: Record<SettingType, import("./kinds.js").Kind>;
