/**
 * Listeners of abort signals. For each new listener, an `EventTarget` looks at all that it has, so ten thousand results that
 * are awaited with one signal would take seconds. Here they share one listener of the signal.
 */

/** What to call, for each signal with a listener. @type {WeakMap<AbortSignal, Set<() => void>>} */
const sharers = new WeakMap();

/**
 * @param {AbortSignal} signal that has not aborted
 * @param {() => void} callback called once, when the signal aborts
 * @returns {() => void} forgets the callback
 */
export function onAbort(signal, callback) {
  const own = () => callback(); // the same function may be given twice
  const callbacks = sharers.get(signal) ?? listen(signal);
  callbacks.add(own);
  return () => void callbacks.delete(own);
}

/**
 * @param {AbortSignal} signal
 * @returns {Set<() => void>} empty
 */
function listen(signal) {
  /** @type {Set<() => void>} */
  const callbacks = new Set();
  sharers.set(signal, callbacks);
  signal.addEventListener("abort", () => callbacks.forEach((callback) => void callback()), { once: true });
  return callbacks;
}
