import { CeleryTsBackend } from "./backend.js";
import { CeleryTsBroker } from "./broker.js";
/**
 * @param {import("../app/celery.js").Celery} app the app whose broker, result backend, routes and limits the client uses. The
 *   client's `end()` and `disconnect()` close it, so give each client its own app
 * @param {object} [options]
 * @param {number | null} [options.resultTimeoutS] seconds that a result is waited for, from the moment that `get()` is called;
 *   default: as long as it takes
 * @returns {{ id: string, brokers: [CeleryTsBroker], backend: CeleryTsBackend }} for the constructor of `Client`
 * @throws {TypeError} when `resultTimeoutS` is not a number of seconds
 */
export declare function celeryTsOptions(app: import("../app/celery.js").Celery, { resultTimeoutS }?: {
    resultTimeoutS?: number | null;
}): {
    id: string;
    brokers: [CeleryTsBroker];
    backend: CeleryTsBackend;
};
