/** The signals that stop a worker (Celery's "Stopping the worker"): the first one warm, the second one cold. */

const SIGNALS = /** @type {const} */ (["SIGTERM", "SIGINT"]);

/**
 * @param {object} options
 * @param {(signal: string) => void} options.onFirst
 * @param {(signal: string) => void} options.onSecond
 * @returns {() => void} stops listening
 */
export function listenForSignals({ onFirst, onSecond }) {
  let received = 0;
  const listener = (/** @type {string} */ signal) => {
    received += 1;
    if (received === 1) onFirst(signal);
    else if (received === 2) onSecond(signal);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
