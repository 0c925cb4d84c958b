/** `self`, the first argument of a bound task: one execution, which is the Task plus `request` and `signal`. */
import { Retry } from "../errors.js";
import { planRetry } from "./retry.js";

/**
 * @typedef {import("./execution.js").Execution} Execution
 *
 * @typedef {object} Services
 * @property {import("./endings.js").Endings} endings
 * @property {import("./outcomes.js").Outcomes} outcomes
 */

/**
 * @param {import("./types.js").RegisteredTask} task
 * @param {Execution} execution
 * @param {Services} services
 * @param {import("./log.js").Logger} log
 */
export function createSelf(task, execution, services, log) {
  const { delivery } = execution;
  const { message } = delivery;
  return Object.create(task, {
    request: { get: () => execution.request, enumerable: true },
    signal: {
      get() {
        execution.abort ??= new AbortController();
        return execution.abort.signal;
      },
    },
    log: { get: () => log.child({ taskId: message.id, taskName: task.name }) },
    retry: {
      value: (/** @type {import("./retry.js").RetryOptions} */ options = {}) => retry(task, execution, options),
    },
    updateState: {
      value: async (/** @type {string} */ state, /** @type {unknown} */ meta = null) => {
        await services.endings.store(message.id, services.outcomes.custom(message, state, meta));
      },
    },
  });
}

/**
 * Sends the task again and throws `Retry`, or returns it with `throw: false` (Celery's Task.retry).
 *
 * @param {import("./types.js").RegisteredTask} task
 * @param {Execution} execution
 * @param {import("./retry.js").RetryOptions} options
 * @returns {Retry}
 */
function retry(task, execution, options) {
  const { message, delivery } = execution.delivery;
  const { retry: signal, publication } = planRetry(task, message, delivery.queue, options);
  const send = execution.app.publisher.publish(publication);
  send.catch(() => {}); // whoever awaits `sends` handles it
  execution.sends.push(send);
  if (options.throw === false) return signal;
  throw signal;
}
