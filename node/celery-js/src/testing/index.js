/**
 * Helpers for tests of tasks: eager without a server, or with a real server and real workers. Imported as `celery-js/testing`.
 * celery-reliable has the same for Python, as `celery_reliable.testing`.
 */

/** @typedef {import("./live-server.js").LiveServer} LiveServer */
/** @typedef {import("./live-worker.js").LiveWorker} LiveWorker */

export { EagerApp, eagerApp } from "./eager-app.js";
export { liveServer } from "./live-server.js";
export { liveWorker } from "./live-worker.js";
