/** The public face of celery-js; nothing else is public. */
export type Settings = import("./settings.js").GivenSettings;
/** @interface */
export type SendOptions = import("./tasks/send-options.js").SendOptions;
export type GetOptions = import("./app/result.js").GetOptions;
export type RevokeOptions = import("./app/result.js").RevokeOptions;
export type EventReceiver = import("./app/event-receiver.js").EventReceiver;
export type ReceivedEvent = import("./app/event-receiver.js").ReceivedEvent;
export type CommandOptions = import("./app/control-command.js").CommandOptions;
export type CommandArgument = import("./app/control-command.js").CommandArgument;
export type TaskRoutes = import("./publishing/routes.js").TaskRoutes;
export type SendTaskArguments = import("./publishing/send-many.js").SendTaskArguments;
export type RetryPolicy = import("./validation/retry-policy.js").RetryPolicy;
export type SignatureData = import("./canvas/types.js").SignatureData;
/** @interface */
export type TaskOptions = import("./tasks/options.js").TaskOptions;
export type RetryOptions = import("./tasks/retry-options.js").RetryOptions;
export type SignalPayload = import("./signals.js").SignalPayload;
export type Signal = import("./signals.js").Signal;
export type Worker = import("./worker/lifecycle/worker.js").Worker;
export type WorkerOptions = import("./worker/lifecycle/options.js").WorkerOptions;
export type BoundTask = import("./execution/bound-task.js").BoundTask;
export type Context = import("./execution/context.js").Context;
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
/** @typedef {import("./execution/context.js").Context} Context what a task reads as `self.request` */
export { Celery } from "./app/celery.js";
export { EagerResult } from "./app/eager-result.js";
export { GroupResult } from "./app/group-result.js";
export { AsyncResult } from "./app/result.js";
export { Task } from "./app/task.js";
export { chain, chord, group, signature } from "./canvas/compose.js";
export { Signature } from "./canvas/signature.js";
export { workerMain } from "./cli/worker/main.js";
export * from "./errors.js";
export { TaskError } from "./protocol/exceptions.js";
export { DateTime, Decimal, PlainDate, PlainTime, UUID } from "./protocol/json.js";
export { signals } from "./signals.js";
export { task } from "./tasks/define.js";
