/** The parts of a worker that the commands of remote control may read and use. */

/**
 * @typedef {object} ControlState
 * @property {import("../model/types.js").WorkerApp} app
 * @property {string} hostname
 * @property {import("../observers/log.js").Logger} log
 * @property {import("../../transport/transport.js").Consumer} transport
 * @property {import("../intake/dispatcher.js").Dispatcher} dispatcher
 * @property {import("../intake/consumer.js").Consumer} consumer
 * @property {import("../intake/rate-limits.js").RateLimits} rateLimits
 * @property {import("../model/revocations.js").Revocations} revocations
 * @property {import("./revoked-states.js").RevokedStates} revokedStates
 * @property {import("../pools/assembly.js").Pools} pools
 * @property {import("../observers/event-dispatcher.js").EventDispatcher} events
 * @property {import("../lifecycle/options.js").CheckedOptions} options
 * @property {import("../../protocol/clock.js").LamportClock} clock
 * @property {number} startedAtMs epoch
 * @property {() => void} stop begins a warm stop
 */

/**
 * @param {unknown} value
 * @returns {{ ok: unknown }} Celery's answer to a command that succeeded
 */
export const ok = (value) => ({ ok: value });
/**
 * @param {unknown} value
 * @returns {{ error: unknown }} Celery's answer to a command that failed
 */
export const nok = (value) => ({ error: value });
