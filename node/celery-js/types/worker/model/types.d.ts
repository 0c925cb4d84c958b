/** The parts of an app that a worker uses. It gets the app as an argument and never imports it. */
export type TaskOptions = import("../../tasks/options.js").TaskOptions;
export type Handler = import("../../tasks/options.js").Handler;
export type RegisteredTask = import("../../tasks/attributes.js").TaskAttributes & OwnRegisteredTask;
export type OwnRegisteredTask = {
    app: {
        settings: import("../../settings.js").Settings;
    };
    name: string;
    fn: import("../../tasks/define.js").TaskFunction;
    options: TaskOptions;
    parameters: import("../../tasks/parameters.js").Parameters;
    /**
     * the module that exports the function; null where it is not known
     */
    place: {
        file: string;
        exported: string;
    } | null;
    applyAsync: import("../../canvas/current-app.js").CallableTask["applyAsync"];
    apply: import("../../canvas/current-app.js").CallableTask["apply"];
    beforeStart?: Handler | null;
    onSuccess?: Handler | null;
    onFailure?: Handler | null;
    onRetry?: Handler | null;
    afterReturn?: Handler | null;
    onReplace?: Handler | null;
};
export type TaskRegistry = {
    has: (name: string) => boolean;
    get: (name: string) => RegisteredTask;
    names: () => string[];
};
export type WorkerApp = {
    main: string;
    settings: import("../../settings.js").Settings;
    /**
     * the same for signals; changing it is an error that says why
     */
    conf: Readonly<import("../../settings.js").Settings>;
    tasks: TaskRegistry;
    clock: import("../../protocol/clock.js").LamportClock;
    publisher: import("../../transport/transport.js").Publisher;
    backend: import("../../backend/backend.js").ResultBackend;
    /**
     * the app's own
     */
    controlCommands: readonly import("../control/panel.js").ControlCommand[];
    /**
     * sentences about files that may have tasks and were not read
     */
    skippedTaskFiles: readonly string[];
    sendTask: CanvasApp["sendTask"];
    AsyncResult: CanvasApp["AsyncResult"];
    GroupResult: CanvasApp["GroupResult"];
    restoreGroup: (id: string) => Promise<import("../../canvas/current-app.js").GroupResult | null>;
    resultFromTuple: (tuple: unknown) => import("../../canvas/current-app.js").AnyResult;
    close: () => Promise<void>;
    /**
     * what it adds to runs in place
     */
    eagerServices?: import("../../execution/eager-execution.js").EagerServices | null;
};
export type CanvasApp = import("../../canvas/current-app.js").CanvasApp;
export {};
