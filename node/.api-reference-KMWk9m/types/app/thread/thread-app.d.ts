import { AppBase } from "../app-base.js";
import { Task } from "../task.js";
export type Ask = import("./main-thread.js").Ask;
/** @interface */
export type SendOptions = import("../../tasks/send-options.js").SendOptions;
/** @typedef {import("./main-thread.js").Ask} Ask */
/** @typedef {import("../../tasks/send-options.js").SendOptions} SendOptions */
export declare class ThreadApp extends AppBase {
    #private;
    publisher: {
        publish: (/** @type {object} */ publication: object) => Promise<any>;
    };
    /**
     * @param {object} options
     * @param {string} options.main
     * @param {import("../../settings.js").Settings} options.settings
     * @param {Ask} options.ask
     */
    constructor({ main, settings, ask }: {
        main: string;
        settings: import("../../settings.js").Settings;
        ask: Ask;
    });
    /**
     * As `Celery.sendTask`, by the main thread.
     *
     * @param {string} name
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [options]
     * @returns {Promise<import("../result.js").AsyncResult>} once the broker has the message
     */
    sendTask(name: string, args?: readonly unknown[], options?: SendOptions): Promise<import("../result.js").AsyncResult>;
    close(): Promise<void>;
}
/** A task that its thread has imported; it is sent by the main thread, as that has the routes. */
export declare class ThreadTask extends Task {
    /**
     * @override
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [options]
     */
    applyAsync(args?: readonly unknown[], options?: SendOptions): Promise<import("../result.js").AsyncResult<any>>;
}
