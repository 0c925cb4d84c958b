/** Celery's JSON: what both languages write and read (`kombu.utils.json`). */
export { dumps } from "./json-dumps.js";
export { loads } from "./json-loads.js";
export { DateTime, Decimal, PlainDate, PlainTime, UUID } from "./json-types.js";
export { MAX_DEPTH } from "./limits.js";
