/** Assembles the observers of a worker and of its tasks. */
import { EventDispatcher } from "./event-dispatcher.js";
import { Heart } from "./heart.js";
import { TaskEvents } from "./task-events.js";
import { TaskLog } from "./task-log.js";
import { TaskObservers } from "./task-observers.js";
import { TaskSignals } from "./task-signals.js";

/**
 * @typedef {object} Observers
 * @property {TaskObservers} observers of tasks
 * @property {EventDispatcher} events
 *
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {import("./event-dispatcher.js").Broadcaster} transport
 * @returns {Observers}
 */
export function createObservers({ app, worker, log, reporter, options: { taskEvents } }, transport) {
  const { hostname } = worker;
  const exchange = app.settings.eventExchange;
  const { onEventsRefused: onRefused, onEventsAccepted: onAccepted } = reporter;
  const eventOptions = { hostname, clock: app.clock, exchange, taskEvents, transport, log };
  const events = new EventDispatcher({ ...eventOptions, onRefused, onAccepted });
  const observers = new TaskObservers([
    new TaskLog(log, app.tasks),
    new TaskSignals({ worker, tasks: app.tasks, log }),
    new TaskEvents(events),
  ]);
  return { observers, events };
}

/**
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {EventDispatcher} events
 * @param {import("../intake/dispatcher.js").Dispatcher} dispatcher
 * @returns {Heart | null} null if it does not beat
 */
export function createHeart({ options: { withoutHeartbeat, heartbeatInterval: intervalS } }, events, dispatcher) {
  const counts = () => ({ active: dispatcher.running, processed: dispatcher.processed });
  return withoutHeartbeat ? null : new Heart({ events, intervalS, counts });
}
