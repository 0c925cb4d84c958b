/** Celery's JSON: what both languages write and read (`kombu.utils.json`). */
export { dumps, MAX_DEPTH } from "./json-dumps.js";
export { loads } from "./json-loads.js";
export { DateTime, Decimal, PlainDate, PlainTime, UUID } from "./json-types.js";
