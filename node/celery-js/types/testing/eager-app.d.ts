/**
 * An app whose tasks run in the calling process, without a server, as a worker would run them: states are kept in memory, and
 * time limits apply. As with Celery's `task_always_eager`, retries follow at once, whatever their countdown.
 */
import { Celery } from "../app/celery.js";
export type AnyResult = import("../app/result.js").AnyResult;
export declare class EagerApp extends Celery {
    #private;
    eagerServices: {
        store: (/** @type {string} */ taskId: string, /** @type {string} */ metaText: string) => Promise<void>;
        hasTimeLimits: boolean;
    };
    /** @param {import("../settings.js").GivenSettings} [settings] Celery's settings in camelCase */
    constructor(settings?: import("../settings.js").GivenSettings);
    /**
     * @param {AnyResult | string} result of a task, or its id
     * @returns {string[]} the names of all states that the task stored, in order
     */
    states(result: AnyResult | string): string[];
    /**
     * @param {AnyResult | string} result of a task, or its id
     * @returns {Array<[state: string, value: unknown]>} all states that the task stored, in order, each with its value: meta,
     *   result or error
     */
    history(result: AnyResult | string): Array<[state: string, value: unknown]>;
    /**
     * Replaces a task that this app does not have, such as a Python task, by a function.
     *
     * @param {string} name
     * @param {import("../tasks/define.js").TaskFunction} fn
     * @throws {DuplicateTaskError} when the app has a task of that name
     */
    standIn(name: string, fn: import("../tasks/define.js").TaskFunction): void;
}
/**
 * @param {import("../settings.js").GivenSettings} [settings] Celery's settings in camelCase
 * @returns {EagerApp}
 * @throws {ImproperlyConfigured} when a setting is unknown or cannot be used
 */
export declare function eagerApp(settings?: import("../settings.js").GivenSettings): EagerApp;
