/** Assembles the observers of a worker and of its tasks. */
import { EventDispatcher } from "./event-dispatcher.js";
import { Heart } from "./heart.js";
export type Observers = {
    /**
     * of tasks
     */
    observers: import("./task-observers.js").TaskObservers;
    events: EventDispatcher;
};
/**
 * @typedef {object} Observers
 * @property {import("./task-observers.js").TaskObservers} observers of tasks
 * @property {EventDispatcher} events
 *
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {import("./event-dispatcher.js").Broadcaster} broadcaster
 * @param {import("../../transport/figures.js").Figures | null} figures null: they are shown nowhere
 * @returns {Observers}
 */
export declare function createObservers({ app, worker, log, reporter, options: { taskEvents } }: import("../lifecycle/assembly.js").Plan, broadcaster: import("./event-dispatcher.js").Broadcaster, figures: import("../../transport/figures.js").Figures | null): Observers;
/**
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {EventDispatcher} events
 * @param {import("../intake/dispatcher.js").Dispatcher} dispatcher
 * @returns {Heart | null} null if it does not beat
 */
export declare function createHeart({ options: { withoutHeartbeat, heartbeatInterval: intervalS } }: import("../lifecycle/assembly.js").Plan, events: EventDispatcher, dispatcher: import("../intake/dispatcher.js").Dispatcher): Heart | null;
