/** The files to which clients and workers append what they did; the format is that of ledger.py. */
import { appendFileSync } from "node:fs";

/** @param {string} path @param {...unknown} entry */
export function append(path, ...entry) {
  appendFileSync(path, `${JSON.stringify(entry)}\n`);
}
