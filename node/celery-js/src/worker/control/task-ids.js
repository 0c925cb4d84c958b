/**
 * What a command that ends tasks may name: ids, as many as a worker remembers and as long as those of tasks, and a signal.
 */
import { constants } from "node:os";
import { MAX_ID_BYTES } from "../../protocol/decode-envelope.js";
import { TEXT } from "../../validation/kinds.js";
import { MAX_IDS } from "../model/revocations.js";

/** Signals that end a task. Python's workers take no others: a process that was stopped would keep its slot. */
const ENDING = ["TERM", "KILL", "INT", "QUIT", "HUP", "USR1", "USR2", "ABRT"];

/** @type {import("../../validation/kinds.js").Kind} */
export const SIGNAL = [
  `one of ${ENDING.join(", ")}`,
  (value) =>
    value === null ||
    value === "" ||
    ENDING.some((name) => value === name || value === `SIG${name}` || value === numberOf(name)),
];

const numberOf = (/** @type {string} */ name) => constants.signals[/** @type {NodeJS.Signals} */ (`SIG${name}`)];

const isId = (/** @type {unknown} */ value) => TEXT[1](value) && String(value).length <= MAX_ID_BYTES;

/** Python's workers have the same limits (`celery_reliable/control_arguments.py`). @type {import("../../validation/kinds.js").Kind} */
export const TASK_IDS = [
  `a task's id, or an array of at most ${MAX_IDS} of them`,
  (value) => (Array.isArray(value) ? value.length <= MAX_IDS && value.every(isId) : isId(value)),
];
