/** The app (`celery.Celery`): its tasks, what sends them, and what runs them. */
import { packageFile } from "../package-files.js";
import { checkCall, send } from "../publishing/send.js";
import { sendMany } from "../publishing/send-many.js";
import { Series } from "../publishing/series.js";
import { taskOptions } from "../tasks/define.js";
import { checkTaskOptions } from "../tasks/options.js";
import { parseParameters } from "../tasks/parameters.js";
import { checkSchemaNames } from "../tasks/schema.js";
import { checkArgument, optionsObject, TEXT } from "../validation/kinds.js";
import { Worker } from "../worker/lifecycle/worker.js";
import { registerBuiltins } from "./builtins.js";
import { ConfiguredApp } from "./configured-app.js";
import { Control } from "./control.js";
import { ownCommand } from "./control-command.js";
import { discover } from "./discovery.js";
import { Events } from "./events.js";
import { Task } from "./task.js";

/**
 * @typedef {import("./result.js").UntypedResult} UntypedResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("../tasks/define.js").TaskFunction} TaskFunction
 * @typedef {import("../tasks/options.js").TaskOptions} TaskOptions
 */

export class Celery extends ConfiguredApp {
  /** @type {Promise<void> | null} */
  #closed = null;

  /**
   * @param {string} main the app's name
   * @param {import("../settings.js").GivenSettings} [settings] Celery's settings in camelCase
   * @throws {ImproperlyConfigured} when a setting is unknown or cannot be used
   */
  constructor(main, settings = {}) {
    checkArgument(main, TEXT, "new Celery(): the app's name");
    super(main, settings);
    /**
     * The remote control commands that this app has added to Celery's.
     *
     * @internal
     * @type {import("./control-command.js").OwnCommand[]}
     */
    this.controlCommands = [];
    /**
     * Files that `autodiscoverTasks` skipped although they may have tasks; a worker logs them.
     *
     * @internal
     * @type {string[]}
     */
    this.skippedTaskFiles = [];
    /**
     * The services of eager tasks, such as storing states; null: none.
     *
     * @internal
     * @type {import("../execution/eager-execution.js").EagerServices | null}
     */
    this.eagerServices = null;
    /** Sends commands to workers, such as `revoke`. */
    this.control = new Control(this);
    /** Receives the events of workers and clients: `receiver`. */
    this.events = new Events(this);
    registerBuiltins(this);
  }

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
  task(nameOrFn, optionsOrFn, fn) {
    const target = [nameOrFn, optionsOrFn, fn].find((part) => typeof part === "function");
    if (typeof target !== "function")
      throw new TypeError("task() takes (name, options, function), (name, function) or (function)");
    const refuse = (/** @type {string} */ problem) => new TypeError(`task(): ${problem}`);
    const given = typeof optionsOrFn === "function" ? {} : optionsObject(optionsOrFn, refuse, "bind");
    const options = { ...taskOptions(target), ...given };
    const name = typeof nameOrFn === "string" ? nameOrFn : (options.name ?? `${this.main}.${target.name}`);
    const task = this.#makeTask(name, options, target);
    this.tasks.register(task);
    return task;
  }

  /**
   * Registers every task of a folder, named by path and export.
   *
   * @param {URL | string} directory a `file:` URL or a path
   * @param {{ prefix: string, extensions?: readonly string[] }} options `prefix`: what the names start with
   * @returns {Promise<Task[]>}
   * @throws as `discoverTasks`, and as `task` for the options, the parameters and the names of what was found; nothing is
   *   registered then
   */
  async autodiscoverTasks(directory, options) {
    const found = await discover(directory, options, this.skippedTaskFiles);
    const tasks = found.map(({ name, fn, options: ownOptions, file, exported }) =>
      this.#makeTask(name, ownOptions, fn, { file, exported }),
    );
    this.tasks.register(...tasks);
    return tasks;
  }

  /**
   * Adds a command of remote control to the workers of this app (`celery.worker.control.control_command`).
   *
   * @param {string} name as Celery's tools call it, such as "increase_prefetch_count"
   * @param {import("../worker/control/panel.js").ControlCommand["run"]} run given the
   *   worker's parts and the command's arguments; what it returns, or its promise, is the answer
   * @param {import("./control-command.js").CommandOptions} [options] what it is, and what the command line takes for it
   * @throws {TypeError} when the name is not a string, `run` is not a function, or an option cannot be used
   */
  controlCommand(name, run, options = {}) {
    this.controlCommands.push(ownCommand(name, run, options));
  }

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
  async sendTask(name, args = [], options = {}) {
    checkCall(name, args, options);
    if (this.settings.taskAlwaysEager) return this.tasks.get(name).apply(args, options);
    return send(this, name, args, options);
  }

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
  async sendTasks(tasks) {
    return sendMany(this, tasks);
  }

  /**
   * Sends the tasks of a group.
   *
   * @internal
   * @returns {import("../canvas/current-app.js").Series}
   */
  series() {
    return new Series(this);
  }

  /**
   * @param {import("../worker/lifecycle/worker.js").WorkerOptions} [options]
   * @returns {Worker} not started yet
   * @throws {ImproperlyConfigured} when an option cannot be used, and in a bundle
   */
  worker(options = {}) {
    this.markUsed();
    // The worker may not import the app layer, so it gets the path of the module that its threads run.
    return new Worker(this, options, { threadEntry: packageFile("app/thread/entry.js") });
  }

  /**
   * Closes the connections after pending messages have arrived. A script need not call it, because it ends by itself.
   *
   * @returns {Promise<void>}
   */
  close() {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close() {
    await this.events.close();
    await this.publisher.close();
    await this.backend.close();
  }

  /**
   * @param {string} name
   * @param {Readonly<TaskOptions>} given
   * @param {TaskFunction} fn
   * @param {Task["place"]} [place]
   */
  #makeTask(name, given, fn, place = null) {
    const options = checkTaskOptions(given, `task ${name}`);
    const { bind, params } = options;
    const parameters = parseParameters(fn, { bind, params, name });
    checkSchemaNames(options.schema, parameters, name);
    return new Task({ app: this, name, fn, options, parameters, place });
  }
}
