/** What a test reads to know what ran: a file to which tasks append a line for each thing that happened. */
import { appendFileSync } from "node:fs";

/**
 * @param {string} ledger path of the file
 * @param {string} event such as "start"
 * @param {string} label of the task
 */
export function append(ledger, event, label) {
  appendFileSync(ledger, `${JSON.stringify([event, label, process.pid, Date.now() / 1000])}\n`);
}
