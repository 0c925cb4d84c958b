export type Celery = import("./celery.js").Celery;
export type SignatureData = import("../canvas/signature.js").SignatureData;
/** @param {Celery} app */
export declare function registerBuiltins(app: Celery): void;
