/** Commands for the queues that a worker consumes. */
import { ImproperlyConfigured } from "../../../errors.js";
import { NAME } from "../../../validation/kinds.js";
import { ok } from "../state.js";

/** @type {readonly import("../panel.js").ControlCommand[]} */
export const QUEUES = [
  {
    name: "active_queues",
    type: "inspect",
    run: ({ consumer }) => consumer.queues.map(describe),
  },
  {
    name: "add_consumer",
    type: "control",
    required: ["queue"],
    optional: ["exchange", "exchange_type", "routing_key"],
    kinds: { queue: NAME, exchange: NAME, exchange_type: NAME, routing_key: NAME },
    isOpen: true,
    run: async ({ consumer, log }, { queue, exchange, exchange_type: type = "direct", routing_key: routingKey }) => {
      if (/["\\]/.test(queue)) throw new ImproperlyConfigured(`invalid queue name ${queue}`);
      await consumer.add(queue, {
        exchange: exchange ?? queue,
        routingKey: routingKey ?? queue,
        exchangeType: type ?? "direct",
      });
      log.info(`Started consuming from ${queue}`);
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
 * @param {string} name of a queue
 * @returns {object} as kombu's `Queue.as_dict(recurse=True)`
 */
function describe(name) {
  return {
    name,
    exchange: {
      name,
      type: "direct",
      arguments: null,
      durable: true,
      passive: false,
      auto_delete: false,
      delivery_mode: null,
      no_declare: false,
    },
    routing_key: name,
    queue_arguments: null,
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
