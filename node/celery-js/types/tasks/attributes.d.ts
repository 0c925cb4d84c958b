export type TaskOptions = import("./options.js").TaskOptions;
export type Owner = {
    readonly name: string;
    readonly options: Readonly<TaskOptions>;
    readonly app: {
        settings: import("../settings.js").Settings;
    };
};
/** Fields of a Task: its name, and the handlers, which can be set later. */
declare const FIELDS: readonly ["name", "beforeStart", "onSuccess", "onFailure", "onRetry", "afterReturn", "onReplace", "shadowName"];
export type Nullable = "params" | "schema" | "maxRetries" | "rateLimit" | "timeLimit" | "softTimeLimit" | "expires" | "priority" | "queue" | "exchange" | "routingKey" | "compression" | "deliveryMode" | "pool";
export type TaskAttributes = {
    readonly [N in keyof TaskOptions as Exclude<N, typeof FIELDS[number]>]-?: NonNullable<TaskOptions[N]> | (N extends Nullable ? null : never);
};
/** The names of all attributes. */
export declare const ATTRIBUTES: readonly (keyof TaskAttributes)[];
/** The base of a task's class. */
export declare const AttributeBase: new () => TaskAttributes;
export {};
