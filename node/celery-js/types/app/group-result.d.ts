import { ResultSet } from "./result-set.js";
export type AnyResult = import("./result.js").AnyResult;
export type ResultTuple = import("./result.js").ResultTuple;
/**
 * @template [R=unknown] what each of the tasks returns
 * @extends {ResultSet<R>}
 */
export declare class GroupResult<R = unknown> extends ResultSet<R> {
    #private;
    id: string;
    /** @type {AnyResult | null} */
    parent: AnyResult | null;
    /**
     * @param {string} id
     * @param {(import("./result.js").AsyncResult<R> | GroupResult)[]} results in the order of the tasks
     * @param {object} options
     * @param {import("../backend/backend.js").ResultBackend} options.backend
     * @param {import("./result.js").Revoking | null} [options.control]
     * @param {AnyResult | null} [options.parent] the result of the task before, in a chain
     */
    constructor(id: string, results: (import("./result.js").AsyncResult<R> | GroupResult)[], { backend, control, parent }: {
        backend: import("../backend/backend.js").ResultBackend;
        control?: import("./result.js").Revoking | null;
        parent?: AnyResult | null;
    });
    /** @returns {Promise<AnyResult[]>} the results */
    get children(): Promise<AnyResult[]>;
    /** Stores which results belong to the group: `app.restoreGroup(id)` finds them, in either language. @returns {Promise<void>} */
    save(): Promise<void>;
    /** Removes what `save` stored. @returns {Promise<void>} */
    delete(): Promise<void>;
    /** @returns {ResultTuple} what Celery rebuilds the result from (`celery.result.result_from_tuple`) */
    asTuple(): ResultTuple;
    /** @returns {string[]} the ids of this result and of those before it */
    asList(): string[];
    /** @returns {string} the id */
    toString(): string;
}
