/**
 * The attributes of a task: each of its options with the value in force, as in Celery (`celery.app.task.Task.from_config` and the
 * defaults of that class). They are getters, because remote control changes the limits of tasks.
 */
import { TASK_DEFAULTS, TASK_OPTIONS } from "./options.js";

/** @typedef {import("./options.js").TaskOptions} TaskOptions */
/** @typedef {{ readonly name: string, readonly options: Readonly<TaskOptions>, readonly app: { settings: import("../settings.js").Settings } }} Owner */

/** The settings that decide where a task does not. */
const FROM_SETTINGS = /** @type {const} */ ({
  serializer: "taskSerializer",
  compression: "taskCompression",
  rateLimit: "taskDefaultRateLimit",
  priority: "taskDefaultPriority",
  timeLimit: "taskTimeLimit",
  softTimeLimit: "taskSoftTimeLimit",
  trackStarted: "taskTrackStarted",
  acksLate: "taskAcksLate",
  acksOnFailureOrTimeout: "taskAcksOnFailureOrTimeout",
  acksOnFailure: "taskAcksOnFailure",
  acksOnTimeout: "taskAcksOnTimeout",
  rejectOnWorkerLost: "taskRejectOnWorkerLost",
  retryOnWorkerLost: "taskRetryOnWorkerLost",
  ignoreResult: "taskIgnoreResult",
  storeErrorsEvenIfIgnored: "taskStoreErrorsEvenIfIgnored",
  maxDeliveries: "maxDeliveries",
});

/** Fields of a Task: its name, and the handlers, which can be set later. */
const FIELDS = /** @type {const} */ ([
  ...["name", "beforeStart", "onSuccess", "onFailure", "onRetry", "afterReturn", "onReplace", "shadowName"],
]);

/**
 * The attributes that are null where neither the task nor a setting has a value.
 *
 * @typedef {"params" | "schema" | "maxRetries" | "rateLimit" | "timeLimit" | "softTimeLimit" | "expires" | "priority" | "queue"
 *   | "exchange" | "routingKey" | "compression" | "deliveryMode" | "pool"} Nullable
 */
/**
 * The options of a task with the values in force: the task's, else the setting's, else Celery's default. `maxRetries` is null for
 * a task that is retried forever.
 *
 * @typedef {{ readonly [N in keyof TaskOptions as Exclude<N, typeof FIELDS[number]>]-?:
 *   NonNullable<TaskOptions[N]> | (N extends Nullable ? null : never) }} TaskAttributes
 */

/** The names of all attributes. */
export const ATTRIBUTES = /** @type {readonly (keyof TaskAttributes)[]} */ (
  TASK_OPTIONS.filter((name) => !(/** @type {readonly string[]} */ (FIELDS).includes(name)))
);

class Attributes {}
for (const name of ATTRIBUTES) {
  Object.defineProperty(Attributes.prototype, name, {
    configurable: true,
    /** @this {Owner} */
    get() {
      return valueInForce(this, name);
    },
    /** @this {Owner} */
    set() {
      throw new TypeError(
        `task ${this.name}: '${name}' cannot be changed; it is an option of task(), and of the setting taskAnnotations`,
      );
    },
  });
}

/** The base of a task's class. */
export const AttributeBase = /** @type {new () => TaskAttributes} */ (/** @type {unknown} */ (Attributes));

/**
 * @param {Owner} task
 * @param {string} name
 * @returns {unknown}
 */
function valueInForce({ options, app: { settings } }, name) {
  const given = options[/** @type {keyof TaskOptions} */ (name)];
  if (name === "maxRetries" ? given !== undefined : given != null) return given;
  const setting = FROM_SETTINGS[/** @type {keyof typeof FROM_SETTINGS} */ (name)];
  const set = setting === undefined ? null : settings[setting];
  if (set !== null) return set;
  // The newer option and its setting win over the older ones.
  if (name === "acksOnFailure" || name === "acksOnTimeout") {
    return valueInForce({ name, options, app: { settings } }, "acksOnFailureOrTimeout");
  }
  return TASK_DEFAULTS[/** @type {keyof typeof TASK_DEFAULTS} */ (name)] ?? null;
}
