/** The public face of celery-js; nothing else is public. */
export { Celery } from "./app/celery.js";
export { EagerResult } from "./app/eager-result.js";
export { AsyncResult } from "./app/result.js";
export { Signature } from "./app/signature.js";
export { Task } from "./app/task.js";
export {
  CeleryError,
  ContentDisallowed,
  DecodeError,
  DuplicateTaskError,
  EncodeError,
  Ignore,
  ImproperlyConfigured,
  InvalidTaskError,
  MaxRetriesExceededError,
  NotRegistered,
  OperationalError,
  QueueNotFound,
  Reject,
  Retry,
  SoftTimeLimitExceeded,
  TaskImportError,
  TaskPredicate,
  TaskRevokedError,
  TimeLimitExceeded,
  TimeoutError,
  WorkerLostError,
} from "./errors.js";
export { TaskError } from "./protocol/exceptions.js";
export { DateTime, Decimal, PlainDate, PlainTime, UUID } from "./protocol/json.js";
export { task } from "./tasks/define.js";
