/** Commands for the queues that a worker consumes. */
import { ImproperlyConfigured } from "../../../errors.js";
import { NAME } from "../../../validation/kinds.js";
import { bindingOf, placeOf, queueNames } from "../../../validation/task-queues.js";
import { ok } from "../state.js";

/** @type {readonly import("../panel.js").ControlCommand[]} */
export const QUEUES = [
  {
    name: "active_queues",
    type: "inspect",
    run: (state) => state.consumer.queues.map((queue) => describe(queue, state)),
  },
  {
    name: "add_consumer",
    type: "control",
    required: ["queue"],
    optional: ["exchange", "exchange_type", "routing_key"],
    kinds: { queue: NAME, exchange: NAME, exchange_type: NAME, routing_key: NAME },
    isOpen: true,
    run: async (state, { queue, exchange, exchange_type: exchangeType, routing_key: routingKey }) => {
      if (/["\\]/.test(queue)) throw new ImproperlyConfigured(`invalid queue name ${queue}`);
      const { consumer, log } = state;
      if (!consumer.queues.includes(queue)) {
        await consumer.add(queue, knownPlace(queue, state) ?? placeOf(queue, { exchange, routingKey, exchangeType }));
        log.info(`Started consuming from ${queue}`);
      }
      return ok(`add consumer ${queue}`);
    },
  },
  {
    name: "cancel_consumer",
    type: "control",
    required: ["queue"],
    kinds: { queue: NAME },
    isOpen: true,
    run: ({ consumer, log }, { queue }) => {
      consumer.cancel(queue);
      log.info(`Canceled consumption from ${queue}`);
      return ok(`no longer consuming from ${queue}`);
    },
  },
];

/**
 * A queue that the worker knows stays bound as it is, whatever `add_consumer` says (`celery.worker.consumer.add_task_queue`).
 *
 * @param {string} queue
 * @param {import("../state.js").ControlState} state
 * @returns {import("../../../validation/task-queues.js").Place | null} null: it is a new one
 */
function knownPlace(queue, { app: { settings }, consumer, options }) {
  const place = consumer.placeOf(queue) ?? bindingOf(settings.taskQueues, queue);
  const isKnown = options.queues.includes(queue) || queueNames(settings).includes(queue);
  return place ?? (isKnown ? placeOf(queue) : null);
}

/**
 * @param {string} name of a queue
 * @param {import("../state.js").ControlState} state
 * @returns {object} as kombu's `Queue.as_dict(recurse=True)`
 */
function describe(name, state) {
  const { declares } = state.transport;
  const { exchange, routingKey, exchangeType } = knownPlace(name, state) ?? placeOf(name);
  return {
    name,
    exchange: {
      name: exchange,
      type: exchangeType === "direct" ? declares.exchangeType : exchangeType,
      arguments: null,
      durable: true,
      passive: false,
      auto_delete: false,
      delivery_mode: null,
      no_declare: false,
    },
    routing_key: routingKey,
    queue_arguments: declares.queueArguments,
    binding_arguments: null,
    consumer_arguments: null,
    durable: true,
    exclusive: false,
    auto_delete: false,
    no_ack: false,
    alias: null,
    bindings: [],
    no_declare: null,
    expires: null,
    message_ttl: null,
    max_length: null,
    max_length_bytes: null,
    max_priority: null,
  };
}
