export type CanvasApp = {
    settings: import("../settings.js").Settings;
    tasks: {
        has: (name: string) => boolean;
        get: (name: string) => CallableTask;
    };
    backend: import("../backend/backend.js").ResultBackend;
    sendTask: (name: string, args: readonly unknown[], options: SendOptions) => Promise<AsyncResult>;
    /**
     * a thread's app has none
     */
    series?: () => Series;
    AsyncResult: (id: string) => AsyncResult;
    GroupResult: (id: string, results: AnyResult[]) => GroupResult;
};
export type Series = {
    /**
     * `own`:
     * of this task: its id, its keyword arguments, its place in a group
     */
    send: (name: string, args: readonly unknown[], options: SendOptions, own: SendOptions) => Promise<void>;
};
export type CallableTask = {
    /**
     * its own
     */
    options?: {
        queue?: string | null;
    };
    applyAsync: (args: readonly unknown[], options: SendOptions) => Promise<AsyncResult>;
    apply: (args: readonly unknown[], options: SendOptions) => Promise<AsyncResult>;
};
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type AsyncResult = import("../app/result.js").AsyncResult;
export type GroupResult = import("../app/group-result.js").GroupResult;
export type AnyResult = AsyncResult | GroupResult;
/** @param {CanvasApp} app that was just made */
export declare function setNewestApp(app: CanvasApp): void;
/**
 * @returns {CanvasApp}
 * @throws {ImproperlyConfigured} when there is no app yet
 */
export declare function currentApp(): CanvasApp;
