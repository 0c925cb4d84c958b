/** Assembles the observers of a worker and of its tasks. */
import { EventDispatcher } from "./event-dispatcher.js";
import { Heart } from "./heart.js";
import { createTaskObservers } from "./task-observers.js";

/**
 * @typedef {object} Observers
 * @property {import("./task-observers.js").TaskObservers} observers of tasks
 * @property {EventDispatcher} events
 *
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {import("./event-dispatcher.js").Broadcaster} broadcaster
 * @param {import("./task-metrics.js").TaskMetrics | null} metrics null: metrics are off
 * @returns {Observers}
 */
export function createObservers({ app, worker, log, reporter, closed, options: { taskEvents } }, broadcaster, metrics) {
  const { hostname } = worker;
  const exchange = app.settings.eventExchange;
  const { onEventsRefused: onRefused, onEventsAccepted: onAccepted } = reporter;
  const eventOptions = { hostname, clock: app.clock, exchange, taskEvents, broadcaster, log };
  const events = new EventDispatcher({ ...eventOptions, onRefused, onAccepted });
  return { observers: createTaskObservers({ log, worker, tasks: app.tasks, events, metrics, closed }), events };
}

/**
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {EventDispatcher} events
 * @param {import("../intake/dispatcher.js").Dispatcher} dispatcher
 * @returns {Heart | null} null if it does not beat
 */
export function createHeart({ log, options: { withoutHeartbeat, heartbeatInterval: intervalS } }, events, dispatcher) {
  const counts = () => ({ active: dispatcher.running, processed: dispatcher.processed });
  return withoutHeartbeat ? null : new Heart({ events, intervalS, counts, log });
}
