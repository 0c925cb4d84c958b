/** Tasks that compute, that run out of time, and that take their pool's process or thread with them. */
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { task } from "../celery-js.js";
import { append } from "../ledger.js";

const LOOK_MS = 20;
/** @type {Buffer[]} */
const kept = [];

/** Computes without a pause. */
export function spin(ledger, label, seconds) {
  append(ledger, "start", label);
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until);
  append(ledger, "end", label);
  return label;
}

/** Waits, and cleans up when the soft time limit passes. */
export const heed = task({ bind: true }, async (self, seconds) => {
  try {
    await delay(seconds * 1000, undefined, { signal: self.signal });
  } catch (error) {
    if (!self.signal.aborted) throw error;
    return "cleaned up";
  }
  return "done";
});

/** Computes without a pause, and cleans up when the soft time limit passes. */
export const spin_heeding = task({ bind: true }, (self) => {
  try {
    for (;;) self.throwIfAborted();
  } catch (error) {
    if (/** @type {Error} */ (error).name !== "SoftTimeLimitExceeded") throw error;
    return "cleaned up";
  }
});

/** Ends the process or thread that it runs in. */
export const die = task({ maxRetries: 0 }, (ledger, label) => {
  append(ledger, "start", label);
  process.exit(3);
});

/** Ends the process or thread that it runs in, the first time. */
export const die_once = task({ bind: true, acksLate: true, rejectOnWorkerLost: true }, (self, ledger, label) => {
  append(ledger, "start", label);
  if (!self.request.deliveryInfo.redelivered) process.exit(3);
  return label;
});

/** Ends the process or thread that it runs in, the first times. */
export const die_again = task(
  { bind: true, retryOnWorkerLost: true, maxRetries: 1, defaultRetryDelay: 1 },
  (self, ledger, label, times) => {
    append(ledger, "start", label);
    if (self.request.retries < times) process.exit(3);
    return label;
  },
);

/** Which thread it runs in; 0 is the event loop's. */
export const where = () => threadId;

/** Takes memory until there is no more. */
export const exhaust = task({ maxRetries: 0 }, (ledger, label) => {
  append(ledger, "start", label);
  /** @type {unknown[]} */
  const all = [];
  for (;;) all.push(new Array(1_000).fill({ some: "text" }));
});

/** Keeps memory beyond its end. */
export function keep(megabytes) {
  kept.push(Buffer.alloc(megabytes * 1024 * 1024, "x"));
  return threadId;
}

export const limited = task({ rateLimit: "2/s" }, (ledger, label) => append(ledger, "start", label));

/** Waits for a file, in whatever state its worker is. */
export async function stay(ledger, label, file) {
  append(ledger, "start", label);
  while (!existsSync(file)) await delay(LOOK_MS);
}

/** Keeps something in `self` before it runs, and writes down what its handler after the task finds there. */
export const prepared = task(
  {
    bind: true,
    beforeStart() {
      Object.assign(this, { opened: "opened" });
    },
    onSuccess(_retval, _taskId, [ledger]) {
      append(ledger, "after", String(/** @type {{ opened?: string }} */ (this).opened ?? "nothing"));
    },
  },
  (self, _ledger) => /** @type {{ opened?: string }} */ (self).opened,
);
