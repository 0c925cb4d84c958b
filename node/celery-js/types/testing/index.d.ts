/**
 * Helpers for tests of tasks: eager without a server, or with a real server and real workers. Imported as `celery-js/testing`.
 * celery-reliable has the same for Python, as `celery_reliable.testing`.
 */
export type LiveServer = import("./live-server.js").LiveServer;
export type LiveWorker = import("./live-worker.js").LiveWorker;
export { EagerApp, eagerApp } from "./eager-app.js";
export { liveServer } from "./live-server.js";
export { liveWorker } from "./live-worker.js";
