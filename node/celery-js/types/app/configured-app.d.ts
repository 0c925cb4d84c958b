import { AppBase } from "./app-base.js";
export type Settings = import("../settings.js").Settings;
export type GivenSettings = import("../settings.js").GivenSettings;
export type Publisher = import("../transport/transport.js").Publisher;
export type ResultBackend = import("../backend/backend.js").ResultBackend;
export type Conf = Settings & {
    update: (changes: GivenSettings) => void;
};
export declare class ConfiguredApp extends AppBase {
    #private;
    /** The route of a task (`taskRoutes`), null where there is none. @internal */
    route: import("../publishing/routes.js").Router | null;
    /**
     * @param {string} main the app's name
     * @param {GivenSettings} settingsGiven
     */
    constructor(main: string, settingsGiven: GivenSettings);
    /**
     * The settings. They can be changed until the app is used: until it sends a message or makes a worker, a result or a receiver.
     *
     * @throws {ImproperlyConfigured} when a setting is changed after that, is unknown or cannot be used
     */
    get conf(): Conf;
    /**
     * Takes settings from an object or a module, as Celery's `config_from_object`: what `new Celery()` or `app.conf` has set stays.
     *
     * @param {GivenSettings | URL | string} source settings, or the URL or the path of a module that exports them, each by its name
     *   or together as default
     * @returns {Promise<void>}
     * @throws {TypeError} when it is neither
     * @throws {ImproperlyConfigured} when the app has been used, or a setting is unknown or cannot be used
     */
    configFromObject(source: GivenSettings | URL | string): Promise<void>;
    /**
     * For the command line, whose options win over what the module of the app has set, even if that has used the app.
     *
     * @internal
     * @param {Record<string, unknown>} changes
     * @throws {ImproperlyConfigured} when a setting is unknown or cannot be used
     */
    overrideSettings(changes: Record<string, unknown>): void;
    /** The settings stay as they are from now on. @internal */
    markUsed(): void;
}
