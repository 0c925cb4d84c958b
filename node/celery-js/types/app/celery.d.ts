import { Worker } from "../worker/lifecycle/worker.js";
import { ConfiguredApp } from "./configured-app.js";
import { Control } from "./control.js";
import { Events } from "./events.js";
import { Task } from "./task.js";
export type UntypedResult = import("./result.js").UntypedResult;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type TaskFunction = import("../tasks/define.js").TaskFunction;
export type TaskOptions = import("../tasks/options.js").TaskOptions;
export declare class Celery extends ConfiguredApp {
    #private;
    /**
     * The remote control commands that this app has added to Celery's.
     *
     * @internal
     * @type {import("./control-command.js").OwnCommand[]}
     */
    controlCommands: import("./control-command.js").OwnCommand[];
    /**
     * Files that `autodiscoverTasks` skipped although they may have tasks; a worker logs them.
     *
     * @internal
     * @type {string[]}
     */
    skippedTaskFiles: string[];
    /**
     * The services of eager tasks, such as storing states; null: none.
     *
     * @internal
     * @type {import("../execution/eager-execution.js").EagerServices | null}
     */
    eagerServices: import("../execution/eager-execution.js").EagerServices | null;
    /** Sends commands to workers, such as `revoke`. */
    control: Control;
    /** Receives the events of workers and clients: `receiver`. */
    events: Events;
    /**
     * @param {string} main the app's name
     * @param {import("../settings.js").GivenSettings} [settings] Celery's settings in camelCase
     * @throws {ImproperlyConfigured} when a setting is unknown or cannot be used
     */
    constructor(main: string, settings?: import("../settings.js").GivenSettings);
    /**
     * Registers a task that gets its current run (`self`) as its first argument.
     *
     * @template {import("../tasks/define.js").BoundFunction} F
     * @overload
     * @param {string} name
     * @param {TaskOptions & { bind: true }} options over those that `task()` attached to the function
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").BoundArguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {string} name
     * @param {TaskOptions & { bind?: undefined }} options over those that `task()` attached to the function
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task whose options are not known to the types.
     *
     * @overload
     * @param {string} name
     * @param {TaskOptions} options over those that `task()` attached to the function
     * @param {TaskFunction} fn
     * @returns {Task}
     */
    /**
     * Registers a task with the options that `task()` attached to it.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {string} name
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task under the name in its options, else `<app>.<function>`.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * @param {string | TaskFunction} nameOrFn
     * @param {TaskOptions | TaskFunction} [optionsOrFn]
     * @param {TaskFunction} [fn]
     * @returns {Task}
     * @throws {ImproperlyConfigured} when an option is unknown or wrong, or the function cannot be a task
     * @throws {DuplicateTaskError} when the name is taken
     */
    task<F extends import("../tasks/define.js").BoundFunction>(name: string, options: TaskOptions & {
        bind: true;
    }, fn: F): Task<import("../tasks/define.js").BoundArguments<F>, import("../tasks/define.js").Returned<F>>;
    /**
     * Registers a task that gets its current run (`self`) as its first argument.
     *
     * @template {import("../tasks/define.js").BoundFunction} F
     * @overload
     * @param {string} name
     * @param {TaskOptions & { bind: true }} options over those that `task()` attached to the function
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").BoundArguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {string} name
     * @param {TaskOptions & { bind?: undefined }} options over those that `task()` attached to the function
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task whose options are not known to the types.
     *
     * @overload
     * @param {string} name
     * @param {TaskOptions} options over those that `task()` attached to the function
     * @param {TaskFunction} fn
     * @returns {Task}
     */
    /**
     * Registers a task with the options that `task()` attached to it.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {string} name
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task under the name in its options, else `<app>.<function>`.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * @param {string | TaskFunction} nameOrFn
     * @param {TaskOptions | TaskFunction} [optionsOrFn]
     * @param {TaskFunction} [fn]
     * @returns {Task}
     * @throws {ImproperlyConfigured} when an option is unknown or wrong, or the function cannot be a task
     * @throws {DuplicateTaskError} when the name is taken
     */
    task<F extends TaskFunction>(name: string, options: TaskOptions & {
        bind?: undefined;
    }, fn: F): Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>;
    /**
     * Registers a task that gets its current run (`self`) as its first argument.
     *
     * @template {import("../tasks/define.js").BoundFunction} F
     * @overload
     * @param {string} name
     * @param {TaskOptions & { bind: true }} options over those that `task()` attached to the function
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").BoundArguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {string} name
     * @param {TaskOptions & { bind?: undefined }} options over those that `task()` attached to the function
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task whose options are not known to the types.
     *
     * @overload
     * @param {string} name
     * @param {TaskOptions} options over those that `task()` attached to the function
     * @param {TaskFunction} fn
     * @returns {Task}
     */
    /**
     * Registers a task with the options that `task()` attached to it.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {string} name
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task under the name in its options, else `<app>.<function>`.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * @param {string | TaskFunction} nameOrFn
     * @param {TaskOptions | TaskFunction} [optionsOrFn]
     * @param {TaskFunction} [fn]
     * @returns {Task}
     * @throws {ImproperlyConfigured} when an option is unknown or wrong, or the function cannot be a task
     * @throws {DuplicateTaskError} when the name is taken
     */
    task(name: string, options: TaskOptions, fn: TaskFunction): Task;
    /**
     * Registers a task that gets its current run (`self`) as its first argument.
     *
     * @template {import("../tasks/define.js").BoundFunction} F
     * @overload
     * @param {string} name
     * @param {TaskOptions & { bind: true }} options over those that `task()` attached to the function
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").BoundArguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {string} name
     * @param {TaskOptions & { bind?: undefined }} options over those that `task()` attached to the function
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task whose options are not known to the types.
     *
     * @overload
     * @param {string} name
     * @param {TaskOptions} options over those that `task()` attached to the function
     * @param {TaskFunction} fn
     * @returns {Task}
     */
    /**
     * Registers a task with the options that `task()` attached to it.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {string} name
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task under the name in its options, else `<app>.<function>`.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * @param {string | TaskFunction} nameOrFn
     * @param {TaskOptions | TaskFunction} [optionsOrFn]
     * @param {TaskFunction} [fn]
     * @returns {Task}
     * @throws {ImproperlyConfigured} when an option is unknown or wrong, or the function cannot be a task
     * @throws {DuplicateTaskError} when the name is taken
     */
    task<F extends TaskFunction>(name: string, fn: F): Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>;
    /**
     * Registers a task that gets its current run (`self`) as its first argument.
     *
     * @template {import("../tasks/define.js").BoundFunction} F
     * @overload
     * @param {string} name
     * @param {TaskOptions & { bind: true }} options over those that `task()` attached to the function
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").BoundArguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {string} name
     * @param {TaskOptions & { bind?: undefined }} options over those that `task()` attached to the function
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task whose options are not known to the types.
     *
     * @overload
     * @param {string} name
     * @param {TaskOptions} options over those that `task()` attached to the function
     * @param {TaskFunction} fn
     * @returns {Task}
     */
    /**
     * Registers a task with the options that `task()` attached to it.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {string} name
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * Registers a task under the name in its options, else `<app>.<function>`.
     *
     * @template {TaskFunction} F
     * @overload
     * @param {F} fn
     * @returns {Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>}
     */
    /**
     * @param {string | TaskFunction} nameOrFn
     * @param {TaskOptions | TaskFunction} [optionsOrFn]
     * @param {TaskFunction} [fn]
     * @returns {Task}
     * @throws {ImproperlyConfigured} when an option is unknown or wrong, or the function cannot be a task
     * @throws {DuplicateTaskError} when the name is taken
     */
    task<F extends TaskFunction>(fn: F): Task<import("../tasks/define.js").Arguments<F>, import("../tasks/define.js").Returned<F>>;
    /**
     * Registers every task of a folder, named by path and export.
     *
     * @param {URL | string} directory a `file:` URL or a path
     * @param {{ prefix: string, extensions?: readonly string[] }} options `prefix`: what the names start with
     * @returns {Promise<Task[]>}
     * @throws as `discoverTasks`, and as `task` for the options, the parameters and the names of what was found; nothing is
     *   registered then
     */
    autodiscoverTasks(directory: URL | string, options: {
        prefix: string;
        extensions?: readonly string[];
    }): Promise<Task[]>;
    /**
     * Adds a command of remote control to the workers of this app (`celery.worker.control.control_command`).
     *
     * @param {string} name as Celery's tools call it, such as "increase_prefetch_count"
     * @param {import("../worker/control/panel.js").ControlCommand["run"]} run given the
     *   worker's parts and the command's arguments; what it returns, or its promise, is the answer
     * @param {import("./control-command.js").CommandOptions} [options] what it is, and what the command line takes for it
     * @throws {TypeError} when the name is not a string, `run` is not a function, or an option cannot be used
     */
    controlCommand(name: string, run: import("../worker/control/panel.js").ControlCommand["run"], options?: import("./control-command.js").CommandOptions): void;
    /**
     * Sends a task by its name; it need not be registered here. In TypeScript, say what it returns: `sendTask<number>(...)`.
     *
     * @template [R=any] what the task returns
     * @param {string} name
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [options] Celery's options in camelCase, and `kwargs`
     * @returns {Promise<import("./result.js").AsyncResult<R>>} once the broker has the message
     * @throws {TypeError} when `args` is not an array, or an option is unknown or of the wrong kind
     * @throws {EncodeError} when an argument cannot be written as JSON, or the message is too large
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     * @throws {NotRegistered} with `taskAlwaysEager`, when there is no such task here
     */
    sendTask<R = any>(name: string, args?: readonly unknown[], options?: SendOptions): Promise<import("./result.js").AsyncResult<R>>;
    /**
     * Sends many tasks together: the fastest way, and all of them or none. Only a server that goes away in between may have a
     * part of them.
     *
     * @param {Iterable<import("../publishing/send-many.js").Sending>} tasks each as `sendTask` takes it, `[name, args, options]`, or as a
     *   signature of a single task
     * @returns {Promise<UntypedResult[]>} in the order of the tasks, once the broker has the messages
     * @throws {TypeError} or what else `sendTask` throws, for an element that cannot be sent, naming its index; nothing is sent
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    sendTasks(tasks: Iterable<import("../publishing/send-many.js").Sending>): Promise<UntypedResult[]>;
    /**
     * Sends the tasks of a group.
     *
     * @internal
     * @returns {import("../canvas/current-app.js").Series}
     */
    series(): import("../canvas/current-app.js").Series;
    /**
     * @param {import("../worker/lifecycle/worker.js").WorkerOptions} [options]
     * @returns {Worker} not started yet
     * @throws {ImproperlyConfigured} when an option cannot be used, and in a bundle
     */
    worker(options?: import("../worker/lifecycle/worker.js").WorkerOptions): Worker;
    /**
     * Closes the connections after pending messages have arrived. A script need not call it, because it ends by itself.
     *
     * @returns {Promise<void>}
     */
    close(): Promise<void>;
}
