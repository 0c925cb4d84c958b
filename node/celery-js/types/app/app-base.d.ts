/** The base of both apps: the main thread's with connections (celery.js), and a thread's without (thread/thread-app.js). */
import { inspect } from "node:util";
import { LamportClock } from "../protocol/clock.js";
import { Annotations } from "../tasks/annotations.js";
import { GroupResult } from "./group-result.js";
import { TaskRegistry } from "./registry.js";
import { AsyncResult } from "./result.js";
import { ResultSet } from "./result-set.js";
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type SignatureData = import("../canvas/signature.js").SignatureData;
export type ResultBackend = import("../backend/backend.js").ResultBackend;
export type Publisher = import("../transport/transport.js").Publisher;
export type Control = import("./control.js").Control;
export declare class AppBase {
    #private;
    main: string;
    settings: import("../settings.js").Settings;
    /** Of the tasks, which get them when they are registered. @internal */
    annotations: Annotations;
    tasks: TaskRegistry;
    /** The logical clock that orders this app's events and control commands. */
    clock: LamportClock;
    /**
     * The publisher and the result backend. Accessing either through the app counts as using the app.
     *
     * @internal
     */
    connections: {
        publisher: Publisher;
        backend: ResultBackend;
        areUsed: boolean;
    };
    /**
     * @param {string} main the app's name
     * @param {import("../settings.js").Settings} settings
     * @throws {ImproperlyConfigured} for a wrong option in `taskAnnotations`
     */
    constructor(main: string, settings: import("../settings.js").Settings);
    /** Connects with the first message. @internal */
    get publisher(): import("../transport/transport.js").Publisher;
    /** @internal */
    set publisher(publisher: import("../transport/transport.js").Publisher);
    /** Connects when first asked. @internal */
    get backend(): import("../backend/backend.js").ResultBackend;
    /** @internal */
    set backend(backend: import("../backend/backend.js").ResultBackend);
    /**
     * Celery's `repr`, for shells and logs: the settings have passwords.
     *
     * @internal
     */
    [inspect.custom](): string;
    /**
     * @param {string | object} task a name, or a signature: as it was made here, or as Celery's dict
     * @param {readonly unknown[]} [args]
     * @param {SendOptions & { immutable?: boolean }} [given] its options
     * @throws {TypeError} when it is not a signature, or an option is unknown or of the wrong kind
     * @returns {import("../canvas/types.js").UntypedSignature} a chain, a group, a chord, or a single task
     */
    signature(task: string | object, args?: readonly unknown[], given?: SendOptions & {
        immutable?: boolean;
    }): import("../canvas/types.js").UntypedSignature;
    /**
     * @template [R=any] what the task returns
     * @param {string} id a task's id; any client may have sent the task
     * @param {...never} nothing
     * @returns {AsyncResult<R>}
     */
    AsyncResult<R = any>(id: string, ...nothing: never[]): AsyncResult<R>;
    /**
     * @param {string} id of a group
     * @param {import("./result.js").AnyResult[]} results
     * @returns {GroupResult}
     */
    GroupResult(id: string, results: import("./result.js").AnyResult[]): GroupResult;
    /**
     * @param {import("./result.js").AnyResult[]} [results] of any tasks and groups
     * @returns {ResultSet}
     */
    ResultSet(results?: import("./result.js").AnyResult[]): ResultSet;
    /**
     * @param {string} id the id of a group whose result was saved, in either language
     * @returns {Promise<GroupResult | null>} null when none was saved (`GroupResult.restore`)
     */
    restoreGroup(id: string): Promise<GroupResult | null>;
    /**
     * @param {unknown} tuple as `asTuple()` gives it, in either language
     * @returns {import("./result.js").AnyResult}
     */
    resultFromTuple(tuple: unknown): import("./result.js").AnyResult;
}
