/** A module that no thread can import. */
import { isMainThread } from "node:worker_threads";
import { task } from "../../../../src/index.js";

if (!isMainThread) throw new RangeError("not in a thread");
setInterval(() => {}, 1_000).unref();

export const add = task({ pool: "threads" }, (x, y) => x + y);
