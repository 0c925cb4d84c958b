/** A registered task (`celery.app.task.Task`): how it is called, here and elsewhere. */
import { inspect } from "node:util";
import { Chunks } from "../canvas/maps.js";
import { Signature } from "../canvas/signature.js";
import { AttributeBase } from "../tasks/attributes.js";
export type Celery = import("./celery.js").Celery;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type TaskFunction = import("../tasks/define.js").TaskFunction;
export type TaskOptions = import("../tasks/options.js").TaskOptions;
export type Parameters = import("../tasks/parameters.js").Parameters;
export type AsyncResult<R> = import("./result.js").AsyncResult<R>;
export type PartialArguments<Args extends unknown[]> = readonly [] | (readonly unknown[] & Readonly<Partial<Args>>);
/**
 * A Task is not callable: call the function that the task module exports (`task.fn`). Its options are attributes, with the value
 * in force: `task.maxRetries` is the task's own, or Celery's default; `task.timeLimit` the task's own, or the setting's. A worker
 * makes `self` from its Task with `Object.create`, so every field must be a plain property, not a private one.
 *
 * @template {unknown[]} [Args=any[]] what the function takes, `self` not counted; `any` where that is not known
 * @template [R=any] what it returns, or promises
 */
export declare class Task<Args extends unknown[] = any[], R = any> extends AttributeBase {
    app: import("./celery.js").Celery;
    name: string;
    fn: import("../tasks/define.js").TaskFunction;
    options: Readonly<import("../validation/kinds.js").OptionsOf<Readonly<{
        name: import("../validation/kinds.js").Kind<string>;
        bind: import("../validation/kinds.js").Kind<boolean>;
        params: import("../tasks/options.js").Kind<string[]>;
        schema: import("../tasks/options.js").Kind<import("../tasks/schema.js").TaskSchema>;
        typing: import("../validation/kinds.js").Kind<boolean>;
        maxRetries: import("../tasks/options.js").Kind<number>;
        defaultRetryDelay: import("../validation/kinds.js").Kind<number>;
        autoretryFor: import("../tasks/options.js").Kind<(string | import("../tasks/options.js").ErrorClass)[]>;
        dontAutoretryFor: import("../tasks/options.js").Kind<(string | import("../tasks/options.js").ErrorClass)[]>;
        retryKwargs: import("../tasks/options.js").Kind<import("../tasks/retry-options.js").RetryOptions>;
        retryBackoff: import("../tasks/options.js").Kind<number | boolean>;
        retryBackoffMax: import("../validation/kinds.js").Kind<number>;
        retryJitter: import("../validation/kinds.js").Kind<boolean>;
        throws: import("../tasks/options.js").Kind<(string | import("../tasks/options.js").ErrorClass)[]>;
        acksLate: import("../validation/kinds.js").Kind<boolean>;
        acksOnFailureOrTimeout: import("../validation/kinds.js").Kind<boolean>;
        acksOnFailure: import("../validation/kinds.js").Kind<boolean>;
        acksOnTimeout: import("../validation/kinds.js").Kind<boolean>;
        rejectOnWorkerLost: import("../validation/kinds.js").Kind<boolean>;
        retryOnWorkerLost: import("../validation/kinds.js").Kind<boolean>;
        ignoreResult: import("../validation/kinds.js").Kind<boolean>;
        storeErrorsEvenIfIgnored: import("../validation/kinds.js").Kind<boolean>;
        trackStarted: import("../validation/kinds.js").Kind<boolean>;
        timeLimit: import("../validation/kinds.js").Kind<number>;
        softTimeLimit: import("../validation/kinds.js").Kind<number>;
        pool: import("../validation/kinds.js").Kind<"async" | "threads">;
        rateLimit: import("../validation/kinds.js").Kind<string | number>;
        expires: import("../tasks/options.js").Kind<number | Date>;
        priority: import("../validation/kinds.js").Kind<number>;
        queue: import("../validation/kinds.js").Kind<string>;
        exchange: import("../validation/kinds.js").Kind<string>;
        routingKey: import("../validation/kinds.js").Kind<string>;
        deliveryMode: import("../tasks/send-options.js").Kind<1 | 2>;
        serializer: import("../validation/kinds.js").Kind<"json">;
        compression: import("../validation/kinds.js").Kind<string>;
        sendEvents: import("../validation/kinds.js").Kind<boolean>;
        trail: import("../validation/kinds.js").Kind<boolean>;
        resultreprMaxsize: import("../validation/kinds.js").Kind<number>;
        maxDeliveries: import("../tasks/options.js").Kind<number>;
        deadLetterOnFailure: import("../validation/kinds.js").Kind<boolean>;
        beforeStart: import("../tasks/options.js").Kind<import("../tasks/options.js").Handler>;
        onSuccess: import("../tasks/options.js").Kind<import("../tasks/options.js").Handler>;
        onFailure: import("../tasks/options.js").Kind<import("../tasks/options.js").Handler>;
        onRetry: import("../tasks/options.js").Kind<import("../tasks/options.js").Handler>;
        afterReturn: import("../tasks/options.js").Kind<import("../tasks/options.js").Handler>;
        onReplace: import("../tasks/options.js").Kind<import("../tasks/options.js").Handler>;
        shadowName: import("../tasks/options.js").Kind<import("../tasks/options.js").Handler>;
    }>, "bind" | "name" | "params" | "typing">>;
    parameters: import("../tasks/parameters.js").Parameters;
    /** Called before the task, as all of the following with Celery's arguments; see `TaskOptions`. */
    beforeStart: import("../tasks/options.js").Handler | null;
    onSuccess: import("../tasks/options.js").Handler | null;
    onFailure: import("../tasks/options.js").Handler | null;
    onRetry: import("../tasks/options.js").Handler | null;
    afterReturn: import("../tasks/options.js").Handler | null;
    onReplace: import("../tasks/options.js").Handler | null;
    /** Names a call for logs and monitors. */
    shadowName: import("../tasks/options.js").Handler | null;
    place: {
        file: string;
        exported: string;
    } | null;
    /**
     * @param {object} task
     * @param {Celery} task.app
     * @param {string} task.name
     * @param {TaskFunction} task.fn
     * @param {Readonly<TaskOptions>} task.options the options that were given; the setting `taskAnnotations` overrides them
     * @param {Parameters} task.parameters
     * @param {{ file: string, exported: string } | null} [task.place] the module that exports the function, where it is known
     */
    constructor({ app, name, fn, options: given, parameters, place }: {
        app: Celery;
        name: string;
        fn: TaskFunction;
        options: Readonly<TaskOptions>;
        parameters: Parameters;
        place?: {
            file: string;
            exported: string;
        } | null;
    });
    /**
     * Sends the task with these arguments: the short form of `applyAsync`.
     *
     * @param {Args} args
     * @returns {Promise<AsyncResult<R>>}
     */
    delay(...args: Args): Promise<AsyncResult<R>>;
    /**
     * Sends the task.
     *
     * @param {PartialArguments<Args>} [args] the rest may be in `kwargs`
     * @param {SendOptions} [options] Celery's options in camelCase, and `kwargs`
     * @returns {Promise<AsyncResult<R>>} once the broker has the message; with `taskAlwaysEager` once the task has ended
     * @throws {TypeError} when the arguments do not fit the task's parameters (not with `typing: false`), or an option is wrong
     * @throws {EncodeError} when an argument cannot be written as JSON
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    applyAsync(args?: PartialArguments<Args>, options?: SendOptions): Promise<AsyncResult<R>>;
    /**
     * Runs the task in this process, with its retries, without a broker or a result backend.
     *
     * @param {PartialArguments<Args>} [args]
     * @param {SendOptions & { throw?: boolean }} [given] `throw`: throws the task's error, default `taskEagerPropagates`
     * @returns {Promise<import("./eager-result.js").EagerResult<R>>}
     * @throws {EncodeError} when an argument cannot be written as JSON
     */
    apply(args?: PartialArguments<Args>, given?: SendOptions & {
        throw?: boolean;
    }): Promise<import("./eager-result.js").EagerResult<R>>;
    /**
     * @param {...unknown} args
     * @returns {Signature<R>}
     */
    s(...args: unknown[]): Signature<R>;
    /**
     * @param {...unknown} args
     * @returns {Signature<R>} that takes no further arguments
     */
    si(...args: unknown[]): Signature<R>;
    /**
     * @param {readonly unknown[]} [args]
     * @param {SendOptions & { immutable?: boolean }} [given] its options
     * @returns {Signature<R>}
     * @throws {TypeError} when `args` is not an array, or an option is unknown or of the wrong kind
     */
    signature(args?: readonly unknown[], given?: SendOptions & {
        immutable?: boolean;
    }): Signature<R>;
    /**
     * @param {Iterable<unknown>} items
     * @returns {Signature<R[]>} one message that runs the task with each of them in turn, and gives the list of results
     */
    map(items: Iterable<unknown>): Signature<R[]>;
    /**
     * @param {Iterable<readonly unknown[]>} items the arguments of each call
     * @returns {Signature<R[]>} one message that runs the task with each of them in turn, and gives the list of results
     */
    starmap(items: Iterable<readonly unknown[]>): Signature<R[]>;
    /**
     * @param {Iterable<readonly unknown[]>} items the arguments of each call
     * @param {number} size how many calls one message makes
     * @returns {Chunks<R>} a group of messages, each with a list of results
     */
    chunks(items: Iterable<readonly unknown[]>, size: number): Chunks<R>;
    /**
     * @param {string} taskId
     * @returns {AsyncResult<R>}
     */
    AsyncResult(taskId: string): AsyncResult<R>;
    /**
     * Celery's `repr`, for shells and logs: the app's settings, which are among the fields, have passwords.
     *
     * @internal
     */
    [inspect.custom](): string;
}
