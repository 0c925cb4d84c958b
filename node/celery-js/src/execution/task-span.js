/**
 * The span of a task that runs, `run/<task>`, with the names and attributes of `opentelemetry-instrumentation-celery`, and those
 * of OpenTelemetry's conventions for messaging. Its parent is the span that sent the message. What the task does and sends
 * belongs to it, and so do its follow-ups and its retry.
 */
import { RETRY, SUCCESS } from "../protocol/states.js";
import { contextOf, openTelemetry, tracer } from "../telemetry/open-telemetry.js";
import { className } from "../validation/class-name.js";

/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("./execution.js").RunSpan} RunSpan
 * @typedef {import("../telemetry/open-telemetry.js").Api} Api
 */

/**
 * Runs a task within a span that ends with it.
 *
 * @template T
 * @param {Execution} execution
 * @param {() => T} run
 * @returns {T}
 */
export function traced(execution, run) {
  const [api, spans] = [openTelemetry(), tracer()];
  if (api === null || spans === null) return run();
  const span = new TaskSpan(api, spans, execution);
  execution.span = span;
  execution.request.logFields = null; // computed again, because the trace id is known from now on
  return span.around(run);
}

/** @implements {RunSpan} */
class TaskSpan {
  #api;
  #span;
  #context;
  #state = SUCCESS;

  /**
   * @param {Api} api
   * @param {import("../telemetry/open-telemetry.js").Tracer} spans
   * @param {Execution} execution
   */
  constructor(api, spans, { request, services: { hostname } }) {
    const { message, task, delivery } = request;
    const parent = contextOf(api, message.rawHeaders);
    const attributes = attributesOf(message, task.name, delivery.queue, hostname);
    this.#api = api;
    this.#span = spans.startSpan(`run/${task.name}`, { kind: api.SpanKind.CONSUMER, attributes }, parent);
    this.#context = api.trace.setSpan(parent, this.#span);
  }

  /** @returns {string} */
  get traceId() {
    return this.#span.spanContext().traceId;
  }

  /** @returns {Record<string, string>} */
  get headers() {
    /** @type {Record<string, string>} */
    const headers = {};
    this.#api.propagation.inject(this.#context, headers);
    return headers;
  }

  /**
   * @template T
   * @param {() => T} operation
   * @returns {T}
   */
  within(operation) {
    return this.#api.context.with(this.#context, operation);
  }

  /**
   * Ends with the operation, or with its promise.
   *
   * @template T
   * @param {() => T} operation
   * @returns {T}
   */
  around(operation) {
    const value = this.within(operation);
    if (value instanceof Promise) {
      const end = () => this.#end();
      value.then(end, end);
    } else this.#end();
    return value;
  }

  /**
   * @param {string} state
   * @param {Error | null} [error]
   * @param {boolean} [isFailure]
   */
  note(state, error = null, isFailure = false) {
    const span = this.#span;
    this.#state = state;
    if (error !== null) span.recordException(error);
    if (error === null || !isFailure) return;
    span.setAttribute("error.type", className(error));
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message: error.message });
  }

  /** @param {import("../errors.js").Retry} retry */
  noteRetry(retry) {
    this.#span.setAttribute("celery.retry.reason", retry.message);
    this.note(RETRY, retry.exc instanceof Error ? retry.exc : null);
  }

  #end() {
    this.#span.setAttribute("celery.state", this.#state);
    this.#span.end();
  }
}

/**
 * @param {import("../protocol/message.js").TaskMessage} message
 * @param {string} name
 * @param {string} queue
 * @param {string} hostname
 * @returns {import("@opentelemetry/api").Attributes}
 */
function attributesOf(message, name, queue, hostname) {
  const { id, correlationId, replyTo, retries, timelimit } = message;
  return {
    "celery.action": "run",
    "celery.hostname": hostname,
    "celery.reply_to": replyTo || undefined,
    "celery.retries": retries || undefined,
    "celery.task_name": name,
    "celery.timelimit": timelimit.some(Boolean) ? timelimit.map((limit) => String(limit ?? "")) : undefined,
    "messaging.client.id": hostname,
    "messaging.conversation_id": correlationId ?? undefined,
    "messaging.destination": queue,
    "messaging.destination.name": queue,
    "messaging.message.conversation_id": correlationId ?? undefined,
    "messaging.message.id": id,
    "messaging.operation.name": "run",
    "messaging.operation.type": "process",
    "messaging.system": "celery",
  };
}
