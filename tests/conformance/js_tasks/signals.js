/** Receivers of signals that write down those of one task, and those of the worker if it has a ledger. */
import { signals, signature, task } from "../celery-js.js";
import { append } from "../ledger.js";
import { observed as handled } from "./hooks.js";

class ConnectionError extends Error {}
class RuntimeError extends Error {}
class ValueError extends Error {}

export const observed = task({ bind: true }, (self, _ledger, outcome) => {
  if (outcome === "fail") throw new ValueError("no");
  if (outcome === "retry" && self.request.retries === 0) {
    self.retry({ countdown: 0.2, exc: new ConnectionError("later") });
  }
  if (outcome === "hang") return new Promise(() => setInterval(() => {}, 1_000).unref());
  return outcome === "headers" ? self.request.headers?.traced : outcome;
});

/** Sends a task from within one. */
export const send = (ledger, queue) => {
  const dict = { task: "conformance.signals.observed", args: [ledger, "headers"], kwargs: {}, options: { queue } };
  return signature(dict).applyAsync();
};

/** Writes down the arguments of a receiver; of an error its class and its message. */
function note(ledger, signal, ...values) {
  const shown = values.map((value) => (value instanceof Error ? `${value.constructor.name}: ${value.message}` : value));
  append(ledger, signal, JSON.stringify(shown));
}

function onPrerun({ taskId, task, args, kwargs }) {
  note(args[0], "task_prerun", taskId, task.name, task.request.id, args[1], kwargs);
  if (args[1] === "receiver fails") throw new RuntimeError("not my task");
}

async function onPostrun({ taskId, args, retval, state }) {
  note(args[0], "task_postrun", taskId, retval, state);
}

function onSuccess({ sender, task, result, runtime }) {
  note(task.request.args[0], "task_success", sender.name, result, runtime >= 0 && runtime < 5);
}

function onRetry({ request, reason, einfo }) {
  note(request.args[0], "task_retry", request.id, reason.exc, typeof einfo.traceback === "string");
}

function onFailure({ taskId, exception, args, kwargs, einfo }) {
  note(args[0], "task_failure", taskId, exception, args[1], kwargs, einfo.traceback.includes("no"));
}

function onRevoked({ request, terminated, signum, expired }) {
  note(request.args[0], "task_revoked", request.id, terminated, signum, expired);
}

function onInternalError({ taskId, args, exception }) {
  note(args[0], "task_internal_error", taskId, exception);
}

function onReceived({ request }) {
  if (request.task === "conformance.signals.observed") {
    note(request.args[0], "task_received", request.id, request.args[1]);
  }
}

function onUnknown({ name, id, message }) {
  if (message.headers.ledger) note(message.headers.ledger, "task_unknown", name, id);
}

function onRejected({ message }) {
  if (message.headers.ledger) note(message.headers.ledger, "task_rejected");
}

function beforePublish({ body, exchange, routingKey, headers }) {
  headers.traced = "yes";
  note(body[0][0], "before_task_publish", headers.task, exchange, routingKey, body[0][1]);
}

function afterPublish({ body, exchange, routingKey, headers }) {
  note(body[0][0], "after_task_publish", headers.traced, exchange, routingKey, body[0][1]);
}

signals.taskPrerun.connect(onPrerun, { sender: observed });
signals.taskPostrun.connect(onPostrun, { sender: observed });
signals.taskSuccess.connect(onSuccess, { sender: observed });
signals.taskRetry.connect(onRetry, { sender: observed });
signals.taskFailure.connect(onFailure, { sender: observed });
signals.taskRevoked.connect(onRevoked, { sender: observed });
signals.taskInternalError.connect(onInternalError, { sender: handled });
signals.taskReceived.connect(onReceived);
signals.taskUnknown.connect(onUnknown);
signals.taskRejected.connect(onRejected);
signals.beforeTaskPublish.connect(beforePublish, { sender: "conformance.signals.observed" });
signals.afterTaskPublish.connect(afterPublish, { sender: "conformance.signals.observed" });

const { ledger } = JSON.parse(process.env.CONFORMANCE ?? "{}");
if (ledger) {
  const ofTheWorker = {
    celeryd_init: signals.celerydInit,
    worker_init: signals.workerInit,
    worker_ready: signals.workerReady,
    worker_shutting_down: signals.workerShuttingDown,
    worker_shutdown: signals.workerShutdown,
  };
  for (const [name, signal] of Object.entries(ofTheWorker)) {
    signal.connect(({ sig, how }) => note(ledger, name, ...[sig, how].filter((told) => told !== undefined)));
  }
}
