import { CeleryTsBackend } from "./backend.js";
import { CeleryTsBroker } from "./broker.js";
/**
 * @param {import("../app/celery.js").Celery} app its broker, result backend, routes and limits are in force. `end()` and
 *   `disconnect()` of the client close it, so give the client an app of its own
 * @param {object} [options]
 * @param {number | null} [options.resultTimeoutS] seconds that a result is waited for, from the moment that `get()` is called;
 *   default: as long as it takes
 * @returns {{ id: string, brokers: [CeleryTsBroker], backend: CeleryTsBackend }} for the constructor of `Client`
 * @throws `TypeError` when `resultTimeoutS` is not a number of seconds
 */
export declare function celeryTsOptions(app: import("../app/celery.js").Celery, { resultTimeoutS }?: {
    resultTimeoutS?: number | null;
}): {
    id: string;
    brokers: [CeleryTsBroker];
    backend: CeleryTsBackend;
};
