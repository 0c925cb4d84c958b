export type Celery = import("../app/celery.js").Celery;
/** @typedef {import("../app/celery.js").Celery} Celery */
/** @type {import("./command.js").Command} */
export declare const SHELL: import("./command.js").Command;
