export type SettingType = keyof typeof SETTING_KINDS;
export type Kind<T> = import("./kinds.js").Kind<T>;
/**
 * @param {SettingType} type
 * @param {unknown} value that a setting of this type does not take
 * @returns {string} why
 */
export declare function problemOf(type: SettingType, value: unknown): string;
export declare const LOG_LEVELS: readonly ["debug", "info", "warning", "error", "critical"];
export declare const SETTING_KINDS: {
    string: import("./kinds.js").Kind<string>;
    urls: Kind<string | readonly string[]>;
    slots: Kind<number | "auto">;
    "log-level": Kind<string>;
    "log-format": Kind<string>;
    fixed: Kind<never>;
    boolean: import("./kinds.js").Kind<boolean>;
    count: import("./kinds.js").Kind<number>;
    depth: Kind<number>;
    priority: import("./kinds.js").Kind<number>;
    seconds: import("./kinds.js").Kind<number>;
    positive: import("./kinds.js").Kind<number>;
    pool: import("./kinds.js").Kind<"async" | "threads">;
    rate: import("./kinds.js").Kind<string | number>;
    timeout: Kind<number>;
    lease: Kind<number>;
    address: Kind<string | number>;
    transport: Kind<import("../settings.js").TransportOptions>;
    tables: Kind<{
        task?: string;
        group?: string;
    }>;
    routes: Kind<import("../publishing/routes.js").TaskRoutes>;
    annotations: Kind<import("../tasks/annotations.js").TaskAnnotations>;
    queues: import("./kinds.js").Kind<import("./task-queues.js").TaskQueues>;
    "queue-type": Kind<"classic" | "quorum">;
    "exchange-type": Kind<"direct" | "topic">;
    "queue-priority": Kind<number>;
    compression: import("./kinds.js").Kind<string>;
    "remote-control": Kind<"inspect" | boolean>;
    policy: Kind<import("./retry-policy.js").RetryPolicy>;
    "json-only": import("./kinds.js").Kind<"json">;
};
/**
 * What the settings have in place of a value that can be given in several forms.
 *
 * @type {{ readonly [N in SettingType]?: (value: unknown) => unknown }}
 */
export declare const READERS: { readonly [N in SettingType]?: (value: unknown) => unknown; };
