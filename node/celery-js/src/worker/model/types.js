/** The parts of an app that a worker uses. It gets the app as an argument and never imports it. */

/**
 * @typedef {import("../../tasks/options.js").TaskOptions} TaskOptions
 * @typedef {import("../../tasks/options.js").Handler} Handler
 *
 * @typedef {import("../../tasks/attributes.js").TaskAttributes & OwnRegisteredTask} RegisteredTask
 *
 * @typedef {object} OwnRegisteredTask
 * @property {{ settings: import("../../settings.js").Settings }} app
 * @property {string} name
 * @property {import("../../tasks/define.js").TaskFunction} fn
 * @property {TaskOptions} options
 * @property {import("../../tasks/parameters.js").Parameters} parameters
 * @property {{ file: string, exported: string } | null} place the module that exports the function; null where it is not known
 * @property {import("../../canvas/current-app.js").CallableTask["applyAsync"]} applyAsync
 * @property {import("../../canvas/current-app.js").CallableTask["apply"]} apply
 * @property {Handler | null} [beforeStart]
 * @property {Handler | null} [onSuccess]
 * @property {Handler | null} [onFailure]
 * @property {Handler | null} [onRetry]
 * @property {Handler | null} [afterReturn]
 * @property {Handler | null} [onReplace]
 *
 * @typedef {object} TaskRegistry
 * @property {(name: string) => boolean} has
 * @property {(name: string) => RegisteredTask} get
 * @property {() => string[]} names
 *
 * @typedef {object} WorkerApp
 * @property {string} main
 * @property {import("../../settings.js").Settings} settings
 * @property {Readonly<import("../../settings.js").Settings>} conf the same for signals; changing it is an error that says why
 * @property {TaskRegistry} tasks
 * @property {import("../../protocol/clock.js").LamportClock} clock
 * @property {import("../../transport/transport.js").Publisher} publisher
 * @property {import("../../backend/backend.js").ResultBackend} backend
 * @property {readonly import("../control/panel.js").ControlCommand[]} controlCommands the app's own
 * @property {readonly string[]} skippedTaskFiles sentences about files that may have tasks and were not read
 * @property {CanvasApp["sendTask"]} sendTask
 * @property {CanvasApp["AsyncResult"]} AsyncResult
 * @property {CanvasApp["GroupResult"]} GroupResult
 * @property {(id: string) => Promise<import("../../canvas/current-app.js").GroupResult | null>} restoreGroup
 * @property {(tuple: unknown) => import("../../canvas/current-app.js").AnyResult} resultFromTuple
 * @property {() => Promise<void>} close
 * @property {import("../../execution/eager-execution.js").EagerServices | null} [eagerServices] what it adds to runs in place
 *
 * @typedef {import("../../canvas/current-app.js").CanvasApp} CanvasApp
 */

export {};
