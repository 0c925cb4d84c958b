/** Waiting for a result that is ready, whatever the backend is. */
import { TimeoutError } from "../errors.js";
import { PENDING, READY_STATES } from "../protocol/states.js";
import { MAX_TIMER_MS } from "../protocol/time.js";
import { onAbort } from "./on-abort.js";

/**
 * @typedef {import("../protocol/result-meta.js").ResultMeta} ResultMeta
 *
 * @typedef {object} MetaListener
 * @property {(meta: ResultMeta | null) => void} onMeta called with what is stored, maybe several times; null: nothing
 * @property {(error: unknown) => void} onError ends the waiting
 */

/**
 * @param {(listener: MetaListener) => () => void} listen starts to listen, and returns a function that stops it
 * @param {import("./backend.js").WaitOptions} options
 * @returns {Promise<ResultMeta>} once it is ready
 * @throws {TimeoutError} when it is not there in time
 */
export function waitForReady(listen, { timeoutMs = null, signal, onMessage }) {
  return new Promise((resolve, reject) => {
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const end = () => {
      stop();
      clearTimeout(timer);
      forgetSignal?.();
    };
    const fail = (/** @type {unknown} */ error) => {
      end();
      reject(error);
    };
    /** @type {string | undefined} */
    let lastState;
    const onMeta = (/** @type {ResultMeta | null} */ meta) => {
      lastState = meta?.status ?? lastState ?? PENDING;
      if (meta === null) return;
      const isReady = READY_STATES.has(meta.status);
      if (isReady) end();
      try {
        onMessage?.(meta);
      } catch (error) {
        return fail(error);
      }
      if (isReady) resolve(meta);
    };
    const stop = listen({ onMeta, onError: fail });
    const forgetSignal = signal && onAbort(signal, () => fail(signal.reason));
    if (timeoutMs !== null && timeoutMs <= MAX_TIMER_MS)
      timer = setTimeout(() => fail(timedOut(timeoutMs, lastState)), timeoutMs);
  });
}

/**
 * @param {ResultMeta | null} meta what is stored now
 * @returns {ResultMeta} if it is ready
 * @throws {TimeoutError} else
 */
export function readyNow(meta) {
  if (meta === null || !READY_STATES.has(meta.status)) throw timedOut(0, meta?.status ?? PENDING);
  return meta;
}

/**
 * @param {number} timeoutMs
 * @param {string} [lastState] undefined: no answer was seen
 */
function timedOut(timeoutMs, lastState) {
  const seen = lastState ? `the last known state is ${lastState}` : "the result backend has not answered";
  return new TimeoutError(`no result within ${timeoutMs / 1000} s; ${seen}`);
}
