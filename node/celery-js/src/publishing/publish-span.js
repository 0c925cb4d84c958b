/**
 * The span of a message that is sent, `apply_async/<task>`, with the names and attributes of
 * `opentelemetry-instrumentation-celery`, and those of OpenTelemetry's conventions for messaging.
 */
import { openTelemetry, tracer } from "../telemetry/open-telemetry.js";
import { className } from "../validation/class-name.js";

/**
 * @typedef {import("./publish-signals.js").Published} Published
 * @typedef {(error?: unknown) => void} EndSpan called once the broker has the message, or has refused it
 */

/**
 * Starts the span, and writes its context into the message's headers (`traceparent`, `tracestate`).
 *
 * @param {Published} published
 * @returns {EndSpan | null} null without an SDK
 */
export function startPublishSpan({ name, message: { headers, properties }, address }) {
  const [api, spans] = [openTelemetry(), tracer()];
  if (api === null || spans === null) return null;
  const span = spans.startSpan(`apply_async/${name}`, {
    kind: api.SpanKind.PRODUCER,
    attributes: attributesOf(name, headers, properties, address),
  });
  api.propagation.inject(api.trace.setSpan(api.context.active(), span), headers);
  return (error) => {
    if (error instanceof Error) {
      span.recordException(error);
      span.setAttribute("error.type", className(error));
      span.setStatus({ code: api.SpanStatusCode.ERROR, message: error.message });
    }
    span.end();
  };
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} headers
 * @param {Record<string, unknown>} properties
 * @param {Published["address"]} address
 * @returns {import("@opentelemetry/api").Attributes}
 */
function attributesOf(name, headers, properties, { exchange, routingKey }) {
  return {
    "celery.action": "apply_async",
    "celery.task_name": name,
    "celery.exchange": exchange || undefined,
    "celery.retries": Number(headers.retries) || undefined,
    "messaging.destination": routingKey,
    "messaging.destination_kind": exchange === "" ? "queue" : undefined,
    "messaging.destination.name": routingKey,
    "messaging.message.conversation_id": String(properties.correlation_id),
    "messaging.message.id": String(headers.id),
    "messaging.operation.name": "apply_async",
    "messaging.operation.type": "send",
    "messaging.system": "celery",
  };
}
