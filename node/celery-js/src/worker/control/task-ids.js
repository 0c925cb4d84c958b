/** The ids that a command of remote control may name: as many as a worker remembers, as long as those of tasks. */
import { MAX_ID_BYTES } from "../../protocol/decode-envelope.js";
import { TEXT } from "../../validation/kinds.js";
import { MAX_IDS } from "../model/revocations.js";

const isId = (/** @type {unknown} */ value) => TEXT[1](value) && String(value).length <= MAX_ID_BYTES;

/** Python's workers have the same limits (`celery_reliable/control_arguments.py`). @type {import("../../validation/kinds.js").Kind} */
export const TASK_IDS = [
  `a task's id, or an array of at most ${MAX_IDS} of them`,
  (value) => (Array.isArray(value) ? value.length <= MAX_IDS && value.every(isId) : isId(value)),
];
