/** Tasks that take their time, and write down that they ran: `ledger` is the file, `label` the task's name in it. */
import { closeSync, existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { task } from "../celery-js.js";
import { append } from "../ledger.js";

const LOOK_MS = 20;

const block = (/** @type {number} */ ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

export async function record(ledger, label, seconds = 0) {
  append(ledger, "start", label);
  if (seconds > 0) await delay(seconds * 1000);
  append(ledger, "end", label);
  return label;
}

/** Takes one argument, as an errback does that is sent as a task. */
export const note = ([ledger, label]) => append(ledger, "note", label);

/** Like `record`, but acknowledged before it starts. */
export const record_early = task({ acksLate: false }, (ledger, label, seconds = 0) => record(ledger, label, seconds));

/** Blocks the event loop, and takes no processor time from other tests. */
export function busy(ledger, label, seconds) {
  append(ledger, "start", label);
  block(seconds * 1000);
  append(ledger, "end", label);
  return label;
}

/** Blocks the event loop for good. */
export function busy_unheard(ledger, label) {
  append(ledger, "start", label);
  closeSync(2);
  block(Number.POSITIVE_INFINITY);
}

/** Runs until a file is there. */
export async function gate(ledger, label, file) {
  append(ledger, "start", label);
  while (!existsSync(file)) await delay(LOOK_MS);
  append(ledger, "end", label);
  return label;
}

/** Takes its worker with it. */
export function poison(ledger, label) {
  append(ledger, "start", label);
  process.kill(process.pid, "SIGKILL");
}

/** Leaves a rejected promise behind, and goes on. */
export async function stray_rejection(ledger, label, seconds) {
  append(ledger, "start", label);
  Promise.reject(new Error("stray"));
  await delay(seconds * 1000);
  return label;
}

/** Throws where its own code does not catch it. */
export async function stray_exception(ledger, label, seconds) {
  append(ledger, "start", label);
  setTimeout(() => {
    throw new RangeError("out of nowhere");
  }, 0);
  await delay(seconds * 1000);
  return label;
}

/** Waits, unless the soft time limit passes first. */
export const heed = task({ bind: true }, async ({ signal }, seconds) => {
  await delay(seconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
});
