/** @type {import("../backend.js").BackendKind} */
export declare const REDIS: import("../backend.js").BackendKind;
