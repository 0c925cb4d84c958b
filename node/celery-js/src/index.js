/** The public API of celery-js. */

/** @typedef {import("./settings.js").GivenSettings} Settings what `new Celery(main, settings)` takes */
/** @typedef {import("./tasks/send-options.js").SendOptions} SendOptions */
/** @typedef {import("./app/result.js").GetOptions} GetOptions */
/** @typedef {import("./app/result.js").RevokeOptions} RevokeOptions */
/** @typedef {import("./app/event-receiver.js").EventReceiver} EventReceiver what `app.events.receiver()` gives */
/** @typedef {import("./app/event-receiver.js").ReceivedEvent} ReceivedEvent what its handlers get */
/** @typedef {import("./app/control-command.js").CommandOptions} CommandOptions what `app.controlCommand()` takes */
/** @typedef {import("./app/control-command.js").CommandArgument} CommandArgument what the command line takes for one */
/** @typedef {import("./publishing/routes.js").TaskRoutes} TaskRoutes what `taskRoutes` takes */
/** @typedef {import("./publishing/send-many.js").SendTaskArguments} SendTaskArguments what `sendTasks` takes for each task */
/** @typedef {import("./validation/retry-policy.js").RetryPolicy} RetryPolicy */
/** @typedef {import("./canvas/types.js").SignatureData} SignatureData */
/** @typedef {import("./tasks/options.js").TaskOptions} TaskOptions */
/** @typedef {import("./tasks/retry-options.js").RetryOptions} RetryOptions */
/** @typedef {import("./signals.js").SignalPayload} SignalPayload */
/** @typedef {import("./signals.js").Signal} Signal */
/** @typedef {import("./worker/lifecycle/worker.js").Worker} Worker */
/** @typedef {import("./worker/lifecycle/options.js").WorkerOptions} WorkerOptions */
/** @typedef {import("./execution/bound-task.js").BoundTask} BoundTask `self` of a task with `bind: true` */
/** @typedef {import("./execution/task-logger.js").TaskLogger} TaskLogger what `getTaskLogger()` gives */
/** @typedef {import("./execution/context.js").Context} Context what a task reads as `self.request` */

export { Celery } from "./app/celery.js";
export { EagerResult } from "./app/eager-result.js";
export { GroupResult } from "./app/group-result.js";
export { AsyncResult } from "./app/result.js";
export { ResultSet } from "./app/result-set.js";
export { Task } from "./app/task.js";
export { chain, chord, group, signature } from "./canvas/compose.js";
export { Signature } from "./canvas/signature.js";
export { workerMain } from "./cli/worker/main.js";
// All errors of this package, so that users can catch any of them.
export * from "./errors.js";
export { currentTask } from "./execution/bound-task.js";
export { getTaskLogger } from "./execution/task-logger.js";
export { TaskError } from "./protocol/exceptions.js";
export { DateTime, Decimal, PlainDate, PlainTime, UUID } from "./protocol/json.js";
export { signals } from "./signals.js";
export { task } from "./tasks/define.js";
