/** The file outside Redis to which every execution appends its start and its end; the format is that of ledger.py. */
import { appendFileSync } from "node:fs";

/**
 * @param {string} path
 * @param {"start" | "end" | "retry"} event
 * @param {any} request of the task
 * @param {number} number of the job
 * @param {number} step of the job
 */
export function append(path, event, request, number, step) {
  const { retries, properties, deliveryInfo } = request;
  const delivery = [properties.delivery_tag, process.pid, Boolean(deliveryInfo.redelivered)];
  appendFileSync(path, `${JSON.stringify([event, number, step, retries, ...delivery, Date.now() / 1000])}\n`);
}

/**
 * @param {string} path
 * @param {any} request of the task
 */
export function appendHostile(path, request) {
  appendFileSync(path, `${JSON.stringify(request.id)}\n`);
}
