/**
 * Lets the npm package `celery-ts` work through this one: `new Client(celeryTsOptions(app))`. The client's tasks are sent and
 * its results fetched by the app, by the same code and to the same effect as with `app.sendTask` and `AsyncResult.get`.
 */
import { randomUUID } from "node:crypto";
import { CeleryTsBackend } from "./backend.js";
import { CeleryTsBroker } from "./broker.js";
import { Dispatches } from "./dispatches.js";

/**
 * @param {import("../app/celery.js").Celery} app the app whose broker, result backend, routes and limits the client uses. The
 *   client's `end()` and `disconnect()` close it, so give each client its own app
 * @param {object} [options]
 * @param {number | null} [options.resultTimeoutS] seconds that a result is waited for, from the moment that `get()` is called;
 *   default: as long as it takes
 * @returns {{ id: string, brokers: [CeleryTsBroker], backend: CeleryTsBackend }} for the constructor of `Client`
 * @throws {TypeError} when `resultTimeoutS` is not a number of seconds
 */
export function celeryTsOptions(app, { resultTimeoutS = null } = {}) {
  if (resultTimeoutS !== null && !(typeof resultTimeoutS === "number" && resultTimeoutS >= 0)) {
    throw new TypeError(`resultTimeoutS takes a number of seconds, 0 or more, not ${JSON.stringify(resultTimeoutS)}`);
  }
  const dispatches = new Dispatches();
  return {
    id: randomUUID(),
    brokers: [new CeleryTsBroker(app, dispatches)],
    backend: new CeleryTsBackend(app, dispatches, resultTimeoutS),
  };
}
